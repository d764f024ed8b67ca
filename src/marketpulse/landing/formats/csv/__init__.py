"""CSV: a quick reader for what is clean, a patient one for what is not.

quick      the whole file at once, as long as each line is one record
tolerant   every record that can be read, and every line that cannot
plain      lines without quotes, many at a time
"""

from marketpulse.landing.formats.csv.form import Csv

FORMAT = Csv

__all__ = ["FORMAT", "Csv"]
