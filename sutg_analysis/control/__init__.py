"""Door.

- spc
- SpcResult
- funnel
- FunnelResult
- propose_rebase
- RebaseProposal
- recommend_chart
- ChartAdvice
- Profile
- PROFILES
"""
