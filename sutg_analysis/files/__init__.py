"""Door: chart_file, save_chart, import_files, export."""
