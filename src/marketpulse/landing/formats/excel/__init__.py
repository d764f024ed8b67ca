"""Excel workbooks: one sheet, a table in it; what Excel computes and shows as a date is told as it is.

form       a table of a sheet as records
options    which sheet, which cells
sheet      rows of a sheet, cell by cell
workbook   the parts of a workbook: sheets, shared texts, formats
cells      values of cells as text
"""

from marketpulse.landing.formats.excel.form import Excel

FORMAT = Excel

__all__ = ["FORMAT", "Excel"]
