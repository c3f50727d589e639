"""One set of security settings, the same for each Kafka client."""

from pathlib import Path

import pytest
from faust.auth import SASLCredentials

from streams.errors import StreamwardError
from streams.settings import load_settings
from streams.transport.security import faust_credentials, kafka_python_security, librdkafka_security, tls_context

SCRAM = {
    "STREAMWARD_SECURITY_PROTOCOL": "SASL_SSL",
    "STREAMWARD_SASL_MECHANISM": "SCRAM-SHA-512",
    "STREAMWARD_SASL_USERNAME": "ward",
    "STREAMWARD_SASL_PASSWORD": "a password",
}


def test_plain_text_needs_nothing() -> None:
    settings = load_settings({}, {})
    assert librdkafka_security(settings) == {"security.protocol": "plaintext"}
    assert faust_credentials(settings) is None
    assert kafka_python_security(settings) == {"security_protocol": "PLAINTEXT"}


def test_each_client_gets_the_same_user() -> None:
    settings = load_settings(SCRAM, {})
    told = librdkafka_security(settings)
    assert (told["sasl.mechanism"], told["sasl.username"], told["sasl.password"]) == (
        "SCRAM-SHA-512",
        "ward",
        "a password",
    )
    assert told["ssl.endpoint.identification.algorithm"] == "https"
    faust = faust_credentials(settings)
    assert isinstance(faust, SASLCredentials)
    assert (faust.mechanism.value, faust.username, faust.password) == ("SCRAM-SHA-512", "ward", "a password")
    python = kafka_python_security(settings)
    assert python["sasl_mechanism"] == "SCRAM-SHA-512"
    assert python["ssl_context"].check_hostname


def test_authorities_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    settings = load_settings({"STREAMWARD_SECURITY_PROTOCOL": "SSL", "STREAMWARD_TLS_CA_FILE": str(file)}, {})
    with pytest.raises(StreamwardError, match=r"ca\.pem cannot be used"):
        tls_context(settings)
