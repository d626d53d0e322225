#!/bin/sh
# Makes Temporal's two databases, or brings them to the version of this image. What is there already stays as it is.
set -eu

SCHEMAS=/etc/temporal/schema/postgresql/v12

prepare() { # database, folder of its schema
    temporal-sql-tool --database "$1" create-database
    temporal-sql-tool --database "$1" setup-schema --version 0.0
    temporal-sql-tool --database "$1" update-schema --schema-dir "$SCHEMAS/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
