"""How a gateway asks Streamward: send a request, wait for its decision by id, and deny where none comes in time.

One gateway process has one `Gateway`. It reads the whole topic of decisions from its end, without a consumer group,
since every gateway needs to see the decisions of its own requests, whichever partition they come on.

    STREAMWARD_BROKERS=kafka-1:9092 python gateway.py requests.jsonl     # lines of `data`; prints verdicts and times
"""

import asyncio
import json
import os
import statistics
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import KafkaError


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway has to do, and why. `decision` is None where it had to decide by itself, which is to deny."""

    allowed: bool
    why: str
    decision: dict[str, Any] | None = None


class Gateway:
    """Asks over Kafka. `source` names this gateway and must differ between gateway processes that share topics."""

    def __init__(
        self,
        brokers: str,
        source: str,
        requests: str = "moderation.requests",
        decisions: str = "moderation.decisions",
        **security: Any,
    ) -> None:
        self._source = source
        self._requests, self._decisions = requests, decisions
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reader: asyncio.Task[None] | None = None
        # acks=all: a request that the brokers lose would only be noticed when its time is over.
        self._producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", linger_ms=0, **security)
        self._consumer = AIOKafkaConsumer(
            decisions, bootstrap_servers=brokers, group_id=None, auto_offset_reset="latest", **security
        )

    async def __aenter__(self) -> Self:
        await self._producer.start()
        await self._consumer.start()
        for place in self._consumer.assignment():
            await self._consumer.position(place)  # known before the first question: its decision comes after this
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reader is not None:
            self._reader.cancel()
        await self._consumer.stop()
        await self._producer.stop()
        for future in self._waiting.values():
            future.cancel()

    async def ask(self, data: dict[str, Any], within: float = 2.0) -> Answer:
        """The answer on a request, within that many seconds. Never raises for a fault of Kafka: it denies."""
        name = str(uuid.uuid4())
        event = {
            "specversion": "1.0",
            "type": "moderation.request.v1",
            "source": self._source,
            "id": name,
            "time": datetime.now(UTC).isoformat(),
            "data": data,
        }
        decided: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[name] = decided  # before it is sent: the decision may be faster than the acknowledgement
        try:
            async with asyncio.timeout(within):
                await self._producer.send(
                    self._requests,
                    json.dumps(event, ensure_ascii=False).encode(),
                    key=str(data["tenant"]).encode(),
                    headers=[("content-type", b"application/cloudevents+json")],
                )
                decision = await decided
        except TimeoutError:
            return Answer(False, f"no decision within {within:g} s")
        except KafkaError as fault:
            return Answer(False, f"Kafka: {type(fault).__name__}")
        finally:
            del self._waiting[name]
        reasons = decision["data"]["reasons"]
        why = reasons[0]["message"] if reasons else "nothing stands against it"
        # Only this one word lets a request go on; whatever else may ever be written there does not.
        return Answer(decision["data"]["verdict"] == "allow", why, decision)

    async def _read(self) -> None:
        async for record in self._consumer:
            waiting = self._asked_by_us(record)
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads(record.value))

    def _asked_by_us(self, record: ConsumerRecord) -> asyncio.Future[dict[str, Any]] | None:
        """Who waits for the decision. Its headers name the request, so others' decisions are not even parsed."""
        headers = {name: value for name, value in record.headers if value is not None}
        if headers.get("request-source") != self._source.encode():
            return None
        return self._waiting.get(headers.get("request-id", b"").decode("utf-8", "replace"))


async def main(lines: list[str]) -> None:
    brokers = os.environ.get("STREAMWARD_BROKERS", "127.0.0.1:9092")
    times: list[float] = []
    async with Gateway(brokers, f"/gateway/{uuid.uuid4()}") as gateway:
        for line in filter(str.strip, lines):
            started = time.perf_counter()
            answer = await gateway.ask(json.loads(line))
            times.append(1000 * (time.perf_counter() - started))
            print("allow" if answer.allowed else "deny", answer.why, sep="\t")
    if times:
        print(
            f"{len(times)} requests, median {statistics.median(times):.1f} ms, longest {max(times):.1f} ms",
            file=sys.stderr,
        )


if __name__ == "__main__":
    asyncio.run(main((Path(sys.argv[1]).read_text() if len(sys.argv) > 1 else sys.stdin.read()).splitlines()))
