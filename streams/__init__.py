"""Streamward: judges requests to AI services against conduct rules, on Kafka.

How one event flows, each step one module:

    transport  a fetched batch of records leaves Kafka as one event
    agents     hands the batch to the moderator, outcomes to the producer
    codec      bytes -> Request, or the reason why there is none
    facts      what is known about it: declared, and read from its content
    engine     policy and facts -> outcome, reasons, what was unknown
    moderator  the steps above as one function, bytes -> outcome; never raises
"""
