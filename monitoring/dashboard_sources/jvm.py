"""The services as processes."""

from .grafana import choice, dashboard, graph, row, stat
from .promql import NOT_TALKS, quantile, rate, series

HEAP = 'area="heap"'
DASHBOARD = dashboard(
    "tlac-jvm",
    "TLAC JVM",
    "The services as processes: which run, at which version, with how much memory, processor and files.",
    choice("tlac_build_info"),
    [
        row("Processes"),
        graph(
            "Replicas up",
            "Replicas that answer Prometheus, by service.",
            [(f"sum by (job) ({series('up')})", "{{job}}")],
            "short",
            alerts=["ServiceDown", "ReplicaDown"],
            decimals=0,
        ),
        stat(
            "Versions",
            "Replicas by service and version; two versions of a service side by side are a deployment under way.",
            [(f"count by (job, version) ({series('tlac_build_info')})", "{{job}} {{version}}")],
            "short",
            width=8,
            alerts=["MetricsMissing"],
            decimals=0,
        ),
        graph(
            "Uptime",
            "Time since the process started, of the youngest replica.",
            [(f"min by (job) (time() - {series('process_start_time_seconds')})", "{{job}}")],
            "s",
            alerts=["ServiceRestarts"],
        ),
        row("Memory"),
        graph(
            "Heap in use",
            "Share of its largest size, of the fullest replica.",
            [
                (
                    f"max by (job) (sum by (job, instance) ({series('jvm_memory_used_bytes', HEAP)}) / sum by (job, instance) ({series('jvm_memory_max_bytes', HEAP)} > 0))",
                    "{{job}}",
                )
            ],
            "percentunit",
            limits=[(0.95, "red")],
            alerts=["HeapNearlyFull"],
            max=1,
        ),
        graph(
            "Heap",
            "In use and claimed from the system, of all replicas.",
            [
                (f"sum by (job) ({series('jvm_memory_used_bytes', HEAP)})", "{{job}} used"),
                (f"sum by (job) ({series('jvm_memory_committed_bytes', HEAP)})", "{{job}} committed"),
            ],
            "bytes",
        ),
        graph(
            "Outside the heap",
            "Classes, compiled code and buffers, of all replicas.",
            [
                (f"""sum by (job) ({series("jvm_memory_used_bytes", 'area="nonheap"')})""", "{{job}} classes and code"),
                (f"sum by (job) ({series('jvm_buffer_memory_used_bytes')})", "{{job}} buffers"),
            ],
            "bytes",
        ),
        row("Work"),
        graph(
            "Processor",
            "Share of the machine's processors that the process uses, of the busiest replica.",
            [(f"max by (job) ({series('process_cpu_usage')})", "{{job}}")],
            "percentunit",
            max=1,
        ),
        graph(
            "Threads",
            "Platform threads by what they do. Virtual threads, which serve requests, are not among them.",
            [(f"sum by (state) ({series('jvm_threads_states_threads')})", "{{state}}")],
            "short",
            stacked=True,
        ),
        graph(
            "File descriptors",
            "Open ones as a share of what the process may open, of the replica that comes closest.",
            [(f"max by (job) ({series('process_files_open_files')} / {series('process_files_max_files')})", "{{job}}")],
            "percentunit",
            limits=[(0.8, "red")],
            alerts=["FileDescriptorsExhausting", "FileDescriptorsNearlyGone"],
            max=1,
        ),
        row("Connections"),
        graph(
            "Public listeners",
            "1 while a service's own probe of its public listener is answered; of several replicas, the worst.",
            [(f"min by (job) ({series('tlac_listener_up')})", "{{job}}")],
            "short",
            decimals=0,
            alerts=["GatewayUnreachable", "ServiceUnreachable"],
            max=1,
        ),
        graph(
            "Connections of clients",
            "Open at the gateway's public listeners, and the most they take, of all replicas.",
            [
                (f"sum({series('tlac_connections_open')})", "open"),
                (f"sum({series('tlac_connections_max')})", "most"),
            ],
            "short",
            alerts=["ConnectionsNearLimit"],
            decimals=0,
        ),
        graph(
            "Connections closed by a limit",
            "Per minute: the limit of all connections, that of one address, or of the time that a client may take.",
            [(f"sum by (reason) ({rate('tlac_connections_refused_total')}) * 60", "{{reason}}")],
            "cpm",
        ),
        row("Requests"),
        graph(
            "Requests by service",
            "Answered per second by each service; the gateway's are those of people, the others' are the hops behind it.",
            [(f"sum by (job) ({rate('tlac_http_requests_total')})", "{{job}}")],
            "reqps",
            width=12,
        ),
        graph(
            "Latency by service",
            "95 % of a service's answers were faster; talks with programs are left out.",
            [(quantile(0.95, "tlac_http_request_duration_seconds", "job", NOT_TALKS), "{{job}}")],
            "s",
            width=12,
            points=True,
        ),
    ],
)
