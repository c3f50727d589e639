"""The demo: a broker, a worker and a gateway on one machine, with nothing installed but this package.

broker   a Kafka broker inside the demo's process
worker   the real worker, as a process of its own
traffic  what the gateway sends: believable requests of our own, or the user's file
exchange the gateway's side: sends requests, receives outcomes, keeps time and count
screen   what a person sees
"""
