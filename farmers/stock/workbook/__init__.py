"""Officers' workbooks: a spreadsheet of unsold produce, read row by row, becomes lots.

`read_workbook(file)` looks and decides, and changes nothing; `load(report, by, accept_good)` saves.
"""
