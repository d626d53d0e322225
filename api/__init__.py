"""HTTP: the JSON API and the pages. Routes parse, call and render; rules live below."""
