"""The pages of a project, a piece a cell: each notebook calls one function, and shows what its report returns.

The door: board_report, measure_report, priority_report, highlight_report, programme_report, expectations_report,
unit_report, framework_report, quality_report, sitrep_report, waiting_report, access_report, harm_report,
harm_summary_report, improvement_report, knowledge_report, warning_report, experience_report, variation_report and
proposals_of, each in the file of its subject. What they share stands in report, figure, page, tables and workbook.
"""
