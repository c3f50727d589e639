"""The settings as flags: `STREAMWARD_APP_ID` is `--app-id`, on each command that heeds it."""

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from streams.settings import CATALOGUE, Setting, Settings, flag_of, load_settings

Command = TypeVar("Command", bound=Callable[..., Any])

POLICY = (
    "packs",
    "shadow_packs",
    "approvals",
    "hold_verdict",
    "quote",
    "max_record_bytes",
    "max_depth",
    "max_text_bytes",
)
TOPICS = ("topic_requests", "topic_decisions", "topic_rejects")
BROKERS = (
    "brokers",
    "security_protocol",
    "sasl_mechanism",
    "sasl_username",
    "sasl_password",
    "tls_ca_file",
    "tls_cert_file",
    "tls_key_file",
)


def setting_options(*names: str) -> Callable[[Command], Command]:
    """Gives a command the flags of these settings, and `--config`. They arrive as keywords by the settings' names."""

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            for option in reversed(_options(CATALOGUE[name])):
                command = option(command)
        return click.option("--config", metavar="FILE", help="TOML file of settings, as STREAMWARD_CONFIG.")(command)

    return decorate


def _options(setting: Setting) -> list[Callable[[Command], Command]]:
    help_text = f"{setting.sentence[0].upper()}{setting.sentence[1:]}{_default(setting)}."
    if isinstance(setting.default, bool):
        pair = f"{setting.flag}/--no-{setting.flag.removeprefix('--')}"
        return [click.option(pair, setting.name, default=None, help=help_text)]
    options: list[Callable[[Command], Command]] = [
        click.option(setting.flag, metavar=setting.kind.metavar, help=help_text)
    ]
    if setting.secret:
        in_file = f"{setting.name}_file"
        said = f"File that holds it: safer than {setting.flag}, which others on the machine can see."
        options.append(click.option(flag_of(in_file), metavar="FILE", help=said))
    return options


def _default(setting: Setting) -> str:
    if setting.default in (None, ()):
        return ""
    shown = ",".join(setting.default) if isinstance(setting.default, tuple) else str(setting.default)
    shown = shown.lower() if isinstance(setting.default, bool) else shown
    return f" [{shown}]"


def settings_of(flags: Mapping[str, object], **fixed: object) -> Settings:
    """The settings in force for a command that was called with these flags; `fixed` counts over them."""
    return load_settings(os.environ, {**flags, **fixed})
