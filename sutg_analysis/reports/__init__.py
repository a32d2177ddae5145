"""Door: a function a notebook, named after its page, each from the file of its subject.

board_report, measure_report, priority_report, highlight_report, programme_report, expectations_report, unit_report,
framework_report, quality_report, sitrep_report, waiting_report, access_report, harm_report, harm_summary_report,
improvement_report, knowledge_report, warning_report, experience_report, variation_report, proposals_of.
"""
