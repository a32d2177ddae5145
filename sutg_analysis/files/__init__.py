"""Files that people bring and take away: a file of numbers to its chart, published NHS files, papers and slides.

The door: chart_file, save_chart, import_files and export.
"""
