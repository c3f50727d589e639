"""One set of security settings, said in the words of each Kafka client: librdkafka, Faust, kafka-python."""

import ssl
from typing import Any

from faust.auth import SASLCredentials, SSLCredentials
from faust.types.auth import CredentialsT

from streams.errors import StreamwardError
from streams.settings import Settings


def librdkafka_security(settings: Settings) -> dict[str, Any]:
    """The security part of a librdkafka configuration. Host names of brokers are always checked under TLS."""
    config: dict[str, Any] = {"security.protocol": settings.security_protocol.lower()}
    if _uses_tls(settings):
        config["ssl.endpoint.identification.algorithm"] = "https"
        config |= _given(
            {
                "ssl.ca.location": settings.tls_ca_file,
                "ssl.certificate.location": settings.tls_cert_file,
                "ssl.key.location": settings.tls_key_file,
            }
        )
    if _uses_sasl(settings):
        config |= _given(
            {
                "sasl.mechanism": settings.sasl_mechanism,
                "sasl.username": settings.sasl_username,
                "sasl.password": settings.sasl_password,
            }
        )
    return config


def faust_credentials(settings: Settings) -> CredentialsT | None:
    """What Faust calls `broker_credentials`, None for plain text."""
    context = tls_context(settings) if _uses_tls(settings) else None
    if _uses_sasl(settings):
        return SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password,
            mechanism=settings.sasl_mechanism,
            ssl_context=context,
        )
    return SSLCredentials(context=context) if context is not None else None


def kafka_python_security(settings: Settings) -> dict[str, Any]:
    """The security part of the keyword arguments of a kafka-python client."""
    arguments: dict[str, Any] = {"security_protocol": settings.security_protocol}
    if _uses_tls(settings):
        arguments["ssl_context"] = tls_context(settings)
    if _uses_sasl(settings):
        arguments |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password,
        }
    return arguments


def tls_context(settings: Settings) -> ssl.SSLContext:
    """A context that trusts the settings' authorities, or the system's, and checks host names.

    Raises StreamwardError where a file holds no usable certificate or key.
    """
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca_file)
    except (OSError, ssl.SSLError) as fault:
        raise StreamwardError(
            f"the authorities in {settings.tls_ca_file} cannot be used ({fault})",
            "Give STREAMWARD_TLS_CA_FILE a PEM file of certificates.",
        ) from fault
    if settings.tls_cert_file is not None:
        try:
            context.load_cert_chain(settings.tls_cert_file, settings.tls_key_file)
        except (OSError, ssl.SSLError) as fault:
            raise StreamwardError(
                f"the certificate in {settings.tls_cert_file} cannot be used with its key ({fault})",
                "Give STREAMWARD_TLS_CERT_FILE and STREAMWARD_TLS_KEY_FILE PEM files that belong together.",
            ) from fault
    return context


def _uses_tls(settings: Settings) -> bool:
    return settings.security_protocol in ("SSL", "SASL_SSL")


def _uses_sasl(settings: Settings) -> bool:
    return settings.security_protocol in ("SASL_PLAINTEXT", "SASL_SSL")


def _given(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if value is not None}
