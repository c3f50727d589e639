"""The settings of Streamward: one frozen object, read once; every name and bound stands in the table `Settings`.

Flags count over environment variables, these over the TOML file that STREAMWARD_CONFIG names, and that over defaults.
Whatever is not understood is refused, all faults at once.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from streams import setting_kinds as kinds
from streams.errors import FaultList
from streams.setting_kinds import Kind

PREFIX = "STREAMWARD_"
CONFIG = "config"
DEFAULT = "default"
_KUBERNETES = re.compile(r"^STREAMWARD_(\w+_)?(SERVICE_(HOST|PORT\w*)|PORT(_\w+)?)$")
_SECRET_FILE_BYTES = 65_536


class Setting(NamedTuple):
    """One row of the catalogue. A secret has a second form, with `_file` behind its name, that names a file."""

    name: str
    kind: Kind
    default: Any
    sentence: str
    secret: bool

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        return flag_of(self.name)

    @property
    def forms(self) -> frozenset[str]:
        return frozenset((self.name, f"{self.name}_file") if self.secret else (self.name,))


def flag_of(name: str) -> str:
    """The command-line flag of a setting: app_id is --app-id."""
    return "--" + name.replace("_", "-")


def _setting(default: Any, kind: Kind, sentence: str, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"kind": kind, "sentence": sentence, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided. `origins` says of each field where its value came from."""

    brokers: str = _setting("127.0.0.1:9092", kinds.brokers(), "bootstrap servers")
    app_id: str = _setting("streamward", kinds.name(), "consumer group, source of decisions, client id")
    topic_requests: str = _setting("moderation.requests", kinds.name(), "topic that requests are read from")
    topic_decisions: str = _setting("moderation.decisions", kinds.name(), "topic that decisions are written to")
    topic_rejects: str = _setting(
        "moderation.rejects", kinds.name(), "topic for records that no decision can be given for"
    )
    packs: tuple[str, ...] = _setting(
        ("azure-openai", "microsoft-enterprise", "eu-ai-act"), kinds.names(filled=True), "packs enforced together"
    )
    shadow_packs: tuple[str, ...] = _setting(
        (), kinds.names(filled=False), "candidate packs, judged and reported, never enforced"
    )
    approvals: str | None = _setting(None, kinds.readable_file(), "JSON Lines file of known approvals")
    hold_verdict: str = _setting("deny", kinds.choice("deny", "allow"), "what `hold` tells the gateway")
    quote: bool = _setting(False, kinds.switch(), "copy matched words into evidence")
    max_record_bytes: int = _setting(1_000_000, kinds.whole(1, 100_000_000), "longest record that is parsed, in bytes")
    max_depth: int = _setting(64, kinds.whole(1, 200), "deepest nesting of JSON that is parsed")
    max_text_bytes: int = _setting(1_000_000, kinds.whole(1, 100_000_000), "most text that is read, in bytes")
    reject_limit: float = _setting(
        0.5, kinds.share(), "share of rejects among the last 1,000 records above which the worker is unready"
    )
    session_timeout: int = _setting(10, kinds.whole(1, 1800), "seconds without a heartbeat that end the membership")
    drain_timeout: int = _setting(10, kinds.whole(1, 3600), "seconds to finish what is held at SIGTERM")
    group_instance_id: str | None = _setting(None, kinds.name(optional=True), "name of a static member of the group")
    security_protocol: str = _setting(
        "PLAINTEXT", kinds.choice("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"), "how brokers are spoken to"
    )
    sasl_mechanism: str | None = _setting(
        None, kinds.choice("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", optional=True), "how the user is proven"
    )
    sasl_username: str | None = _setting(None, kinds.text("a user name", optional=True), "user of the brokers")
    sasl_password: str | None = _setting(None, kinds.secret("a password"), "password of that user", secret=True)
    tls_ca_file: str | None = _setting(None, kinds.readable_file(), "PEM file of the authorities to trust")
    tls_cert_file: str | None = _setting(None, kinds.readable_file(), "PEM file of the client's certificate")
    tls_key_file: str | None = _setting(None, kinds.readable_file(), "PEM file of the client's key")
    http_host: str = _setting("127.0.0.1", kinds.text("an address or a host name"), "address of the worker's door")
    http_port: int = _setting(9464, kinds.whole(0, 65535), "port of the worker's door, 0 takes a free one")
    log_format: str = _setting(
        "auto", kinds.choice("auto", "json", "text"), "form of the log; auto is json unless a terminal reads it"
    )
    log_level: str = _setting("info", kinds.choice("debug", "info", "warning", "error"), "least level that is logged")
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)


CATALOGUE: Mapping[str, Setting] = {
    row.name: Setting(row.name, row.metadata["kind"], row.default, row.metadata["sentence"], row.metadata["secret"])
    for row in fields(Settings)
    if row.name != "origins"
}
_FORMS = frozenset(form for setting in CATALOGUE.values() for form in setting.forms)


class _Source(NamedTuple):
    """One layer: what it holds by field name, and how it calls a name when it speaks of it."""

    values: Mapping[str, Any]
    called: Callable[[str], str]


def load_settings(environ: Mapping[str, str], flags: Mapping[str, object]) -> Settings:
    """The settings in force. A flag of None was not given; the flag `config` names a file as STREAMWARD_CONFIG does.

    Raises FaultList with every name that is unknown and every value that cannot be, each with what to give instead.
    """
    faults: list[str] = []
    given = {key: value for key, value in flags.items() if value is not None}
    layers = [
        _Source({key: value for key, value in given.items() if key in _FORMS}, flag_of),
        _environment(environ, faults),
        _file(given.get(CONFIG) or environ.get(PREFIX + CONFIG.upper()), faults),
    ]
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in CATALOGUE.values():
        layer = next((layer for layer in layers if setting.forms & layer.values.keys()), None)
        if layer is None:
            origins[setting.name] = DEFAULT
            continue
        try:
            values[setting.name], origins[setting.name] = _take(setting, layer)
        except ValueError as fault:
            faults.append(str(fault))
    settings = Settings(**values, origins=origins)
    faults.extend(_cross_faults(settings))
    if faults:
        raise FaultList("The settings cannot be used:", faults, "`streamward config --help` lists every setting.")
    return settings


def _environment(environ: Mapping[str, str], faults: list[str]) -> _Source:
    values: dict[str, str] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if variable == PREFIX + name.upper() and name in _FORMS:
            values[name] = environ[variable]
        elif variable != PREFIX + CONFIG.upper() and not _KUBERNETES.match(variable):
            faults.append(f"{variable}: no such setting{_nearest(name, lambda near: PREFIX + near.upper())}")
    return _Source(values, lambda name: PREFIX + name.upper())


def _file(path: object, faults: list[str]) -> _Source:
    source = f"{path}: "
    values: dict[str, Any] = {}
    try:
        loaded = tomllib.loads(Path(str(path)).read_text("utf-8")) if path else {}
    except OSError as error:
        faults.append(f"{source}cannot be read ({error.strerror}); name an existing file in {PREFIX}CONFIG")
        loaded = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{source}is not TOML ({error}); mend it there")
        loaded = {}
    for name, value in loaded.items():
        if name in _FORMS:
            values[name] = value
        else:
            faults.append(f"{source}{name}: no such setting{_nearest(name, str)}")
    return _Source(values, lambda name: source + name)


def _nearest(name: str, called: Callable[[str], str]) -> str:
    near = difflib.get_close_matches(name, sorted(_FORMS), n=1, cutoff=0.6)
    return f"; did you mean {called(near[0])}?" if near else "; take it away"


def _take(setting: Setting, layer: _Source) -> tuple[Any, str]:
    """The layer's value of the setting and the name it stood under; ValueError with the whole fault."""
    forms = sorted(setting.forms & layer.values.keys())
    if len(forms) > 1:
        raise ValueError(f"{' and '.join(map(layer.called, forms))}: both are given; keep one")
    called, given = layer.called(forms[0]), layer.values[forms[0]]
    try:
        value = given if forms[0] == setting.name else _secret_of(given)
        return (None if setting.kind.optional and value == "" else setting.kind.parse(value)), called
    except ValueError as error:
        shown = "" if setting.secret else f" {given!r}"
        raise ValueError(f"{called}:{shown} {error}; give {setting.kind.shape}") from None


def _secret_of(path: object) -> str:
    """What the file holds, but for one line end at its end, which editors add and passwords do not have."""
    if not isinstance(path, str) or not path:
        raise ValueError("names no file")
    try:
        with Path(path).open("rb") as file:
            held = file.read(_SECRET_FILE_BYTES).decode("utf-8")
    except OSError as error:
        raise ValueError(f"cannot be read: {(error.strerror or 'no such file').lower()}") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    return held.removesuffix("\n").removesuffix("\r")


def _cross_faults(settings: Settings) -> Iterator[str]:
    """What a setting may hold by itself, but not beside the others; nothing of one that has a fault already."""

    def sound(*names: str) -> bool:
        return settings.origins.keys() >= set(names)

    if sound("security_protocol"):
        yield from (fault for name, fault in _security_faults(settings) if sound(name))
    pair = ("tls_cert_file", "tls_key_file")
    missing = [_called(name) for name in pair if getattr(settings, name) is None]
    if sound(*pair) and len(missing) == 1:
        yield f"{missing[0]}: is missing; certificate and key are given together or not at all"
    topics = ("topic_requests", "topic_decisions", "topic_rejects")
    if sound(*topics) and len({getattr(settings, name) for name in topics}) < len(topics):
        yield f"{', '.join(map(_called, topics))}: must be three topics; give each a name of its own"


def _security_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """Settings that the protocol needs and does not have, or has and would ignore: (name, fault)."""
    protocol, chooser = settings.security_protocol, _called("security_protocol")
    for name in ("sasl_mechanism", "sasl_username", "sasl_password"):
        given = getattr(settings, name) is not None
        if protocol.startswith("SASL") and not given:
            yield name, f"{_called(name)}: is missing; {chooser} {protocol} needs it"
        if given and not protocol.startswith("SASL"):
            yield name, f"{_called(name)}: would be ignored; set {chooser} to SASL_SSL or take it away"
    for name in ("tls_ca_file", "tls_cert_file", "tls_key_file"):
        if getattr(settings, name) is not None and not protocol.endswith("SSL"):
            yield name, f"{_called(name)}: would be ignored; set {chooser} to SSL or SASL_SSL, or take it away"


def _called(name: str) -> str:
    return CATALOGUE[name].variable
