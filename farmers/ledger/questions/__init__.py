"""Questions officials ask of the ledger: any figure by one or two dimensions, for any period and filters.

`asked.py` says what can be asked, `sources.py` which table tells it, `answer.py` sums it, `parties.py` counts whose it
was, `reached.py` who was reached and who was not.
"""
