"""A real Apache Kafka: one KRaft node on loopback with data of its own, from the jars that pom.xml names."""

import hashlib
import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.waiting import free_ports, listening, until

POM = Path(__file__).with_name("pom.xml")
HEAP = "768m"
SILENT = logging.getLogger("streamward.tests.kafka")
SILENT.setLevel(logging.CRITICAL)


def jars_folder() -> Path:
    """Where the jars lie or will lie: one folder in the user's cache for each state of pom.xml."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "streamward" / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"


def what_is_missing() -> str | None:
    """Why no Kafka can be started here, or None when one can."""
    if not shutil.which("java"):
        return "no java on the PATH: Kafka 4 needs Java 17 or later"
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if not version or int(version[1]) < 17:
        return f"Kafka 4 needs Java 17 or later; java is {version[1] if version else 'of no known version'}"
    if not jars_folder().is_dir() and not shutil.which("mvn"):
        return "no mvn on the PATH: Maven fetches the jars of Kafka"
    return None


def run_or_raise(command: list[str], problem: str) -> None:
    """Runs it to its end; a RuntimeError with the problem and the last of its output where it fails."""
    run = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if run.returncode:
        raise RuntimeError(f"{problem}:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")


def fetch_jars() -> Path:
    """The folder of jars, filled by Maven the first time; appears whole or not at all."""
    folder = jars_folder()
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        fresh = Path(scratch) / "jars"
        command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={fresh}"]
        run_or_raise(command, "Maven could not fetch the jars of Kafka")
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.is_dir():  # another run of the tests may have been faster
                raise
    return folder


class Broker:
    """One broker, at `brokers` for as long as it lives, through any number of stops, kills and starts."""

    def __init__(self, folder: Path, properties: Mapping[str, str] | None = None, format_words: Sequence[str] = ()):
        """`properties` are laid over the defaults; `format_words` are added to the command that formats its storage."""
        self.folder = folder
        self.log = folder / "kafka.log"
        self._jars = fetch_jars()
        self._process: subprocess.Popen[bytes] | None = None
        self._port, control = free_ports(2)
        self.brokers = f"127.0.0.1:{self._port}"
        self._properties = folder / "server.properties"
        lines = defaults(self._port, control, folder / "data") | dict(properties or {})
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        self._format(format_words)

    def _java(self, heap: str) -> list[str]:
        return ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{self._jars}/*"]

    def _format(self, words: Sequence[str]) -> None:
        cluster = "streamward-test-cluste"  # any 22 characters of URL-safe base64 name a cluster
        storage = ["kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", str(self._properties)]
        run_or_raise([*self._java("256m"), *storage, *words], "the storage of Kafka could not be formatted")

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, within: float = 60.0) -> None:
        """Starts it on the data it has, and waits until it serves."""
        assert not self.running, "the broker runs already"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._java(HEAP), "kafka.Kafka", str(self._properties)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            until(lambda: not self.running or self._serves(), "a Kafka that serves", within, every=0.2)
            assert self.running, f"Kafka ended with {self._process.returncode}"
        except AssertionError as failed:
            self.kill()
            raise AssertionError(f"{failed}; its log ends:\n{self.log_tail()}") from failed

    def _serves(self) -> bool:
        if not listening("127.0.0.1", self._port):
            return False
        try:
            known = self.admin().list_topics(timeout=5.0)
        except KafkaException:
            return False
        leaders = [part.leader for topic in known.topics.values() for part in topic.partitions.values()]
        return bool(known.brokers) and all(leader >= 0 for leader in leaders)

    def admin(self) -> AdminClient:
        """An admin client of its own, for a broker without security."""
        return AdminClient({"bootstrap.servers": self.brokers, "log_level": 0}, logger=SILENT)

    def stop(self, within: float = 60.0) -> None:
        """SIGTERM, and waits for the end: leaders and logs are closed in order."""
        if self._process is not None and self.running:
            self._process.terminate()
            self._process.wait(within)

    def kill(self) -> None:
        """SIGKILL: what only its memory held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def log_tail(self, lines: int = 40) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def defaults(port: int, control: int, data: Path) -> dict[str, str]:
    """What one node needs to be broker and controller, and to let a group form at once."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{control}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{control}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,"
        "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        # After a kill the node waits until its former self counts as gone.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
    }
