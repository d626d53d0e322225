"""The outside world of the demo and the tests: Xero, QuickBooks Online and Salesforce as servers.

`python -m sandbox --data DIR` serves all three and a control port from one process, with state
in one SQLite file. Nothing here is shared with the product, so it cannot share its mistakes.
Behaviour follows the vendors' published contracts; where those are silent, the docstring says
"our reading".
"""
