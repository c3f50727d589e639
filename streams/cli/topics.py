"""`streamward topics`: what an operator asks of the cluster before and while workers run."""

import sys
from dataclasses import asdict
from typing import Any

import click
import orjson
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from rich import box
from rich.console import Console
from rich.table import Table

from streams.cli.cluster import admin, patiently
from streams.cli.options import BROKERS, TOPICS, setting_options, settings_of
from streams.cli.topic_rules import PARTITIONS, Topic, configs_for, findings, rights, topic_names
from streams.errors import StreamwardError
from streams.settings import Settings

as_json_option = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
settings_options = setting_options("app_id", "max_record_bytes", *TOPICS, *BROKERS)


@click.group()
def command() -> None:
    """Creates and checks the topics, and shows how far behind the workers are.

    \b
    Example:
      streamward topics create --brokers kafka-1:9092
      streamward topics check --brokers kafka-1:9092
    """


@command.command()
@click.option("--partitions", type=click.IntRange(1), default=PARTITIONS, show_default=True, help="Of each topic.")
@click.option(
    "--replication", type=click.IntRange(1), help="Copies of each; 3, or fewer where there are fewer brokers."
)
@click.option("--print-acls", is_flag=True, help="Only list the rights that a worker needs; asks no broker.")
@as_json_option
@settings_options
def create(partitions: int, replication: int | None, print_acls: bool, as_json: bool, **flags: Any) -> None:
    """Creates the topics for requests, decisions and rejects; leaves alone what is there.

    \b
    Example:
      streamward topics create --partitions 24 --replication 3
      streamward topics create --print-acls
    """
    settings = settings_of(flags)
    if print_acls:
        show([asdict(right) for right in rights(settings)], as_json)
        return
    with admin(settings) as cluster:
        there = described(cluster, settings)
        brokers = len(cluster.describe_cluster()["brokers"])
        copies = replication or min(3, brokers)
        if copies > brokers:
            raise StreamwardError(
                f"{copies} replicas need {copies} brokers; the cluster has {brokers}.",
                f"Give --replication {brokers}, or leave it away.",
            )
        wanted = {
            name: {
                "num_partitions": partitions,
                "replication_factor": copies,
                "configs": configs_for(name, settings, copies),
            }
            for name in topic_names(settings)
            if name not in there
        }
        # Another one may create them at the same moment, which is as good; what came of it is read from the cluster.
        answers = cluster.create_topics(wanted, raise_errors=False)["topics"] if wanted else []
        refused = [answer for answer in answers if answer["error_code"] not in (0, TOPIC_EXISTS)]
        if refused:
            said = "; ".join(f"{answer['name']}: {answer['error_message']}" for answer in refused)
            raise StreamwardError(f"The cluster refuses topics: {said}", "Mend that, and run this again.")
        if wanted:
            cluster.wait_for_topics(list(wanted))
        rows = [
            {"topic": name, "state": "created" if name in wanted else "was there", "partitions": topic.partitions}
            for name, topic in described(cluster, settings).items()
        ]
    show(rows, as_json)


TOPIC_EXISTS = 36


@command.command()
@as_json_option
@settings_options
def check(as_json: bool, **flags: Any) -> None:
    """Says what is missing or set dangerously, and what to do. Exits with 1 if something is.

    \b
    Example:
      streamward topics check --brokers kafka-1:9092
    """
    settings = settings_of(flags)
    with admin(settings) as cluster:
        topics = described(cluster, settings)
        found = list(findings(settings, topics, len(cluster.describe_cluster()["brokers"])))
    rows = [
        {
            "topic": finding.topic,
            "severity": "danger" if finding.danger else "note",
            "problem": finding.problem,
            "fix": finding.fix,
        }
        for finding in found
    ]
    if rows or as_json:
        show(rows, as_json)
    if not rows:
        print(f"{', '.join(topics)}: as they should be.", file=sys.stderr)
    sys.exit(1 if any(finding.danger for finding in found) else 0)


@command.command()
@as_json_option
@settings_options
def lag(as_json: bool, **flags: Any) -> None:
    """Shows for each partition of the requests topic how many requests have no outcome yet.

    A partition that the group has not committed on counts from its earliest record, where a new group starts.

    \b
    Example:
      streamward topics lag --app-id streamward
    """
    settings = settings_of(flags)
    name = settings.topic_requests
    with admin(settings) as cluster:
        if name not in cluster.list_topics():
            raise StreamwardError(f"There is no topic {name}.", "Run `streamward topics create`.")
        partitions = cluster.describe_topics([name])[0]["partitions"]
        places = [TopicPartition(name, number) for number in range(len(partitions))]
        ends = cluster.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
        starts = cluster.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
        committed = patiently(lambda: cluster.list_group_offsets({settings.app_id: places}))[settings.app_id]
    rows = []
    for place in places:
        at = committed[place].offset if place in committed else -1
        end, start = ends[place].offset, starts[place].offset
        row = {"partition": place.partition, "committed": at if at >= 0 else None, "end": end}
        rows.append({**row, "lag": max(0, end - max(at, start))})
    total = sum(row["lag"] for row in rows)
    if as_json:
        print_json({"topic": name, "group": settings.app_id, "lag": total, "partitions": rows})
    else:
        show(rows, as_json=False)
        print(f"{total} requests of {name} wait for group {settings.app_id}", file=sys.stderr)


def described(cluster: KafkaAdminClient, settings: Settings) -> dict[str, Topic]:
    """Those of our topics that there are."""
    wanted = [name for name in topic_names(settings) if name in set(cluster.list_topics())]
    if not wanted:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in wanted]
    configs = cluster.describe_configs(resources, config_filter="all")["topic"]
    found = {}
    for topic in cluster.describe_topics(wanted):
        partitions = topic["partitions"]
        found[topic["name"]] = Topic(
            name=topic["name"],
            partitions=len(partitions),
            replication=min((len(partition["replica_nodes"]) for partition in partitions), default=0),
            leaderless=sum(partition["leader_id"] < 0 for partition in partitions),
            configs={key: str(entry["value"]) for key, entry in configs[topic["name"]].items()},
        )
    return {name: found[name] for name in wanted}


def show(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Rows of the same fields as a table for people, or as JSON."""
    if as_json:
        print_json(rows)
        return
    table = Table(*(rows[0] if rows else ()), box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*("-" if value is None else str(value) for value in row.values()))
    console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 200)
    console.print(table)


def print_json(value: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.buffer.flush()
