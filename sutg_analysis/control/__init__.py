"""Control charts and funnel plots: what is usual variation, and what is a signal.

The door: spc and SpcResult, funnel and FunnelResult, propose_rebase and RebaseProposal, recommend_chart and
ChartAdvice, Profile and PROFILES.
"""
