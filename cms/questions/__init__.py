"""Questions to the ledger in the admin: asked by a form, told as table, chart, workbook and print, opened to entries."""
