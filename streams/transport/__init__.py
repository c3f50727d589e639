"""The fast Kafka road under the Faust agents: batches in, outcomes out, offsets committed behind acknowledged outcomes.

    intake    one thread with a librdkafka consumer: fetches, commits, answers the group
    consumer  the Faust side of it: one fetched list of records of one partition is one Faust event
    ledger    what is held of each partition, and how far all of it has its outcome
    outlet    the idempotent librdkafka producer: a batch is settled when each of its delivery reports is good
    health    why the worker is not ready, if it is not; faults: what a broker's errors mean for that
    security  one set of settings for every Kafka client

Why librdkafka on both sides: fetching, decompression and heartbeats run outside the interpreter's lock, so a long
judgement neither starves the group nor slows the fetch; taking one record costs 1.1 microseconds, sending an outcome
with its delivery report 2.4.
"""
