"""Runtime: what each worker's process takes, and whether its event loop and its collector keep up."""

from deploy.dashboards.board import Board
from deploy.dashboards.panels import AMBER, Query, Row, graph, heat, listing

PROCESS = (
    graph(
        "Processor",
        "Share of one core that each worker uses. A worker judges on one core; near 100 % it is time for another.",
        "percentunit",
        Query("sum by (instance) (rate(process_cpu_seconds_total{@}[@]))", "{{instance}}"),
        limits=((0.9, AMBER),),
    ),
    graph(
        "Memory",
        "Resident memory of each worker. It should be flat under steady traffic.",
        "bytes",
        Query("sum by (instance) (process_resident_memory_bytes{@})", "{{instance}}"),
    ),
    graph(
        "Address space",
        "Virtual memory of each worker: what is reserved, not what is used.",
        "bytes",
        Query("sum by (instance) (process_virtual_memory_bytes{@})", "{{instance}}"),
    ),
)

LOOP = (
    graph(
        "Event loop delay",
        "How late the event loop comes to a timer that is due. Doors, commits and reports wait as long.",
        "s",
        *(
            Query(
                f"histogram_quantile({share}, sum by (le) (rate(streamward_loop_delay_seconds_bucket{{@}}[@])))", name
            )
            for share, name in (("0.5", "p50"), ("0.99", "p99"))
        ),
    ),
    heat(
        "Event loop delay, spread",
        "How the delays are spread. Bands far above the rest are pauses: the collector, or no processor to be had.",
        "s",
        Query("sum by (le) (rate(streamward_loop_delay_seconds_bucket{@}[@]))", "{{le}}"),
    ),
    graph(
        "Mean delay by worker",
        "A worker that stands apart from the others has too little of a core.",
        "s",
        Query(
            "sum by (instance) (rate(streamward_loop_delay_seconds_sum{@}[@]))"
            " / sum by (instance) (rate(streamward_loop_delay_seconds_count{@}[@]))",
            "{{instance}}",
        ),
    ),
)

COLLECTOR = (
    graph(
        "Collections",
        "Runs of Python's garbage collector each second, by generation. Generation 2 is the one that pauses.",
        "ops",
        Query("sum by (generation) (rate(python_gc_collections_total{@}[@]))", "generation {{generation}}"),
    ),
    graph(
        "Objects collected",
        "Objects each second that only the collector could free, by generation.",
        "ops",
        Query("sum by (generation) (rate(python_gc_objects_collected_total{@}[@]))", "generation {{generation}}"),
    ),
    graph(
        "Objects that cannot be collected",
        "Objects each second that even the collector could not free. Anything but zero is a leak.",
        "ops",
        Query("sum by (instance) (rate(python_gc_objects_uncollectable_total{@}[@]))", "{{instance}}"),
    ),
)

WHAT = (
    graph(
        "Open files",
        "Files and connections open, as a share of what the process may open.",
        "percentunit",
        Query(
            "sum by (instance) (process_open_fds{@}) / sum by (instance) (process_max_fds{@})",
            "{{instance}}",
        ),
        limits=((0.8, AMBER),),
    ),
    graph(
        "Running for",
        "Time since each worker started. A line that falls back to zero is a restart.",
        "s",
        Query("time() - max by (instance) (process_start_time_seconds{@})", "{{instance}}"),
    ),
    listing(
        "What runs",
        "Versions of Streamward and of Python, and how many workers run them.",
        "short",
        Query("count by (version, python) (streamward_build_info{@})"),
        width=8,
    ),
)

RUNTIME = Board(
    "streamward-runtime",
    "Streamward / Runtime",
    "What each worker's process takes, and whether its event loop and its collector keep up.",
    (
        Row("Process", PROCESS),
        Row("Event loop", LOOP),
        Row("Garbage collector", COLLECTOR),
        Row("What runs", WHAT),
    ),
)
