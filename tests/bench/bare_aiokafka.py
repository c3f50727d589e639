"""A bare aiokafka loop that judges nothing: what Streamward's rate is held against.

Usage: bare_aiokafka.py BROKERS FROM TO COUNT. Reads JSON, writes a small JSON, commits behind acknowledged records;
prints records a second, from the first fetched to the last acknowledged.
"""

import asyncio
import sys
from time import perf_counter

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer


async def pump(brokers: str, source: str, target: str, count: int) -> float:
    """Takes `count` records from one topic to the other; the rate."""
    consumer = AIOKafkaConsumer(
        source,
        bootstrap_servers=brokers,
        group_id=f"bare-{target}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=500,
    )
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", linger_ms=5)
    await producer.start()
    await consumer.start()
    started, done = 0.0, 0
    try:
        while done < count:
            fetched = await consumer.getmany(timeout_ms=200)
            started = started or (perf_counter() if fetched else 0.0)
            sent = []
            for records in fetched.values():
                for record in records:
                    answer = orjson.dumps({"id": orjson.loads(record.value)["id"], "verdict": "allow"})
                    sent.append(await producer.send(target, answer, key=record.key))
            if sent:
                await asyncio.gather(*sent)
                await consumer.commit()
                done += len(sent)
        return done / (perf_counter() - started)
    finally:
        await consumer.stop()
        await producer.stop()


if __name__ == "__main__":
    _, brokers, source, target, count = sys.argv
    print(asyncio.run(pump(brokers, source, target, int(count))))
