"""What lies in the landing zone: files, their bytes, their records.

files      which files a feed has, and what each one contains
listing    the same again and again: what is known is passed by
stream     bytes as UTF-8, unpacked and decoded
records    bytes -> numbered records
path       where records are inside of records
numbering  numbers of records, where a text holds several
formats/   how each format is read
"""
