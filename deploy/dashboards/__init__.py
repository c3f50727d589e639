"""The boards of Grafana as code, and the objectives as rules of Prometheus. `python -m deploy.dashboards` writes both.

The files lie in the chart, checked in; a test holds that building them again gives the same bytes. A board is a list of
rows, a row a title and panels; `panels` knows the forms, `board` the frame, and one module each holds what is shown.
"""
