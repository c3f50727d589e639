"""Settings: where each comes from, what is refused, and that no secret shows."""

from pathlib import Path

import pytest

from streams.errors import FaultList
from streams.settings import CATALOGUE, DEFAULT, Settings, load_settings

# For each setting a value that it takes, as text, with what becomes of it; and values that it refuses.
ACCEPTED: dict[str, tuple[str, object]] = {
    "brokers": ("kafka-1:9092, [::1]:9093", "kafka-1:9092,[::1]:9093"),
    "app_id": ("gateway-eu.1", "gateway-eu.1"),
    "topic_requests": ("r", "r"),
    "topic_decisions": ("d", "d"),
    "topic_rejects": ("x", "x"),
    "packs": ("azure-openai, ./mine", ("azure-openai", "./mine")),
    "shadow_packs": ("next", ("next",)),
    "approvals": (__file__, __file__),
    "hold_verdict": ("Allow", "allow"),
    "quote": ("yes", True),
    "max_record_bytes": ("5", 5),
    "max_depth": ("200", 200),
    "max_text_bytes": ("1", 1),
    "reject_limit": ("0.25", 0.25),
    "session_timeout": ("30", 30),
    "drain_timeout": ("1", 1),
    "group_instance_id": ("streamward-0", "streamward-0"),
    "http_host": ("0.0.0.0", "0.0.0.0"),
    "http_port": ("0", 0),
    "log_format": ("TEXT", "text"),
    "log_level": ("debug", "debug"),
}
REFUSED: dict[str, list[str]] = {
    "brokers": ["", "kafka-1", "kafka-1:0", "kafka-1:99999", "kafka-1:9092,", "kafka://k:9092"],
    "app_id": ["", "two words", ".", "a" * 201],
    "topic_requests": ["", "a/b", ".."],
    "topic_decisions": ["", "décisions"],
    "topic_rejects": ["", "a b"],
    "packs": ["", ",", "a,b,a"],
    "shadow_packs": ["a,a"],
    "approvals": ["/no/such/file", "/"],
    "hold_verdict": ["", "hold", "flag"],
    "quote": ["", "perhaps", "2"],
    "max_record_bytes": ["", "0", "-1", "1e6", "100000001", "many"],
    "max_depth": ["0", "201", "6.5"],
    "max_text_bytes": ["0", "100000001", "x"],
    "reject_limit": ["", "-0.1", "1.1", "nan", "half"],
    "session_timeout": ["0", "1801", "10s"],
    "drain_timeout": ["0", "3601", "soon"],
    "group_instance_id": ["two words", "a/b"],
    "security_protocol": ["", "TLS", "SASL"],
    "sasl_mechanism": ["GSSAPI", "SCRAM"],
    "sasl_username": [" "],
    "tls_ca_file": ["/no/such/file", "/"],
    "tls_cert_file": ["/no/such/file"],
    "tls_key_file": ["/no/such/file"],
    "http_host": ["", " "],
    "http_port": ["", "-1", "65536", "http"],
    "log_format": ["", "xml"],
    "log_level": ["", "loud"],
}
SASL = {
    "STREAMWARD_SECURITY_PROTOCOL": "SASL_SSL",
    "STREAMWARD_SASL_MECHANISM": "scram-sha-512",
    "STREAMWARD_SASL_USERNAME": "judge",
}
PAIRS = [(name, value) for name, values in REFUSED.items() for value in values]


def faults_of(environ: dict[str, str], **flags: object) -> list[str]:
    with pytest.raises(FaultList) as caught:
        load_settings(environ, flags)
    return caught.value.faults


def test_each_setting_has_a_test_of_its_refusal() -> None:
    secrets = {name for name, setting in CATALOGUE.items() if setting.secret}
    assert set(REFUSED) | secrets == set(CATALOGUE)
    assert secrets == {"sasl_password"}  # refused below, by its own tests


@pytest.mark.parametrize(("name", "value"), PAIRS)
def test_a_bad_value_is_refused_in_the_environment_with_its_name_and_the_fix(name: str, value: str) -> None:
    variable = CATALOGUE[name].variable
    faults = faults_of({variable: value})
    assert len(faults) == 1
    assert faults[0].startswith(f"{variable}:")
    assert faults[0].endswith(f"; give {CATALOGUE[name].kind.shape}")


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_value_is_refused_as_a_flag_and_in_the_file(name: str, tmp_path: Path) -> None:
    value = REFUSED[name][-1]
    assert faults_of({}, **{name: value})[0].startswith(f"{CATALOGUE[name].flag}:")
    file = tmp_path / "streamward.toml"
    file.write_text(f"{name} = '{value}'\n")
    assert faults_of({"STREAMWARD_CONFIG": str(file)})[0].startswith(f"{file}: {name}:")


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_good_value_is_taken_from_each_place(name: str, tmp_path: Path) -> None:
    text, meant = ACCEPTED[name]
    setting = CATALOGUE[name]
    file = tmp_path / "streamward.toml"
    file.write_text(f"{name} = '{text}'\n")
    for environ, flags, origin in (
        ({setting.variable: text}, {}, setting.variable),
        ({}, {name: text}, setting.flag),
        ({"STREAMWARD_CONFIG": str(file)}, {}, f"{file}: {name}"),
    ):
        settings = load_settings(environ, flags)
        assert getattr(settings, name) == meant
        assert settings.origins[name] == origin


def test_without_anything_the_defaults_are_in_force() -> None:
    settings = load_settings({}, {})
    assert settings == Settings()
    assert set(settings.origins.values()) == {DEFAULT}


def test_flags_count_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "streamward.toml"
    file.write_text("app_id = 'file'\nhttp_port = 1\nmax_depth = 9\npacks = ['a', 'b']\nquote = true\n")
    environ = {"STREAMWARD_CONFIG": str(file), "STREAMWARD_APP_ID": "environment", "STREAMWARD_HTTP_PORT": "2"}
    settings = load_settings(environ, {"app_id": "flag", "max_depth": None})
    assert (settings.app_id, settings.http_port, settings.max_depth) == ("flag", 2, 9)
    assert (settings.packs, settings.quote) == (("a", "b"), True)


def test_the_flag_for_the_file_counts_over_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("app_id = 'other'\n")
    assert load_settings({"STREAMWARD_CONFIG": "/no/such/file"}, {"config": str(file)}).app_id == "other"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http_port = true", "is not a whole number"),
        ("max_depth = 6.5", "is not a whole number"),
        ("app_id = 5", "is not a text"),
        ("packs = [1]", "is not a list of texts"),
        ("packs = {a = 1}", "is not a list of texts"),
        ("quote = 'perhaps'", "is neither true nor false"),
        ("reject_limit = [0.5]", "is not a number"),
        ("app_idd = 'x'", "did you mean app_id?"),
        ("[worker]\napp_id = 'x'", "no such setting"),
        ("app_id = ", "is not TOML"),
    ],
)
def test_a_fault_in_the_file_is_told_with_the_file(text: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "streamward.toml"
    file.write_text(text)
    faults = faults_of({"STREAMWARD_CONFIG": str(file)})
    assert len(faults) == 1
    assert faults[0].startswith(f"{file}: ")
    assert expected in faults[0]


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in faults_of({"STREAMWARD_CONFIG": str(tmp_path / "none.toml")})[0]
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    assert "is not TOML" in faults_of({"STREAMWARD_CONFIG": str(tmp_path / "binary.toml")})[0]


def test_all_faults_are_told_at_once() -> None:
    environ = {"STREAMWARD_BROKERS": "x", "STREAMWARD_HTTP_PORT": "x", "STREAMWARD_APPID": "x"}
    faults = faults_of(environ, quote="x")
    assert {fault.partition(":")[0] for fault in faults} == {*environ, "--quote"}


def test_unknown_names_are_refused_with_the_nearest_known_one() -> None:
    assert faults_of({"STREAMWARD_MAX_DEPT": "1"}) == [
        "STREAMWARD_MAX_DEPT: no such setting; did you mean STREAMWARD_MAX_DEPTH?"
    ]
    assert faults_of({"STREAMWARD_XYZZY": "1"}) == ["STREAMWARD_XYZZY: no such setting; take it away"]
    assert faults_of({"STREAMWARD_app_id": "1"}) == [
        "STREAMWARD_app_id: no such setting; did you mean STREAMWARD_APP_ID?"
    ]


def test_what_kubernetes_injects_for_services_is_passed_over_but_a_known_name_counts() -> None:
    injected = (
        "SERVICE_HOST",
        "SERVICE_PORT",
        "SERVICE_PORT_HTTP",
        "PORT",
        "PORT_9464_TCP",
        "METRICS_SERVICE_HOST",
        "METRICS_PORT_9464_TCP_ADDR",
    )
    environ = {f"STREAMWARD_{name}": "tcp://10.0.0.1:9464" for name in injected}
    assert load_settings(environ, {}) == Settings()
    assert faults_of({"STREAMWARD_HTTP_PORT": "tcp://10.0.0.1:9464"})


def test_an_empty_variable_means_not_set_where_nothing_is_needed() -> None:
    environ = dict.fromkeys(("STREAMWARD_APPROVALS", "STREAMWARD_SHADOW_PACKS", "STREAMWARD_SASL_PASSWORD"), "")
    assert load_settings(environ, {}) == Settings()


@pytest.mark.parametrize("missing", ["SASL_MECHANISM", "SASL_USERNAME", "SASL_PASSWORD"])
def test_sasl_needs_mechanism_user_and_password(missing: str) -> None:
    environ = {**SASL, "STREAMWARD_SASL_PASSWORD": "s3cret"}
    del environ[f"STREAMWARD_{missing}"]
    faults = faults_of(environ)
    assert len(faults) == 1
    assert faults[0].startswith(f"STREAMWARD_{missing}: is missing")


@pytest.mark.parametrize("name", ["sasl_mechanism", "sasl_username", "sasl_password"])
def test_sasl_without_a_protocol_that_uses_it_is_refused(name: str) -> None:
    value = "PLAIN" if name == "sasl_mechanism" else "x"
    assert "would be ignored" in faults_of({CATALOGUE[name].variable: value, "STREAMWARD_SECURITY_PROTOCOL": "SSL"})[0]


def test_half_a_pair_of_certificate_and_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "half.pem").write_text("x")
    environ = {"STREAMWARD_SECURITY_PROTOCOL": "SSL", "STREAMWARD_TLS_KEY_FILE": str(tmp_path / "half.pem")}
    assert faults_of(environ)[0].startswith("STREAMWARD_TLS_CERT_FILE: is missing")
    environ["STREAMWARD_TLS_CERT_FILE"] = environ["STREAMWARD_TLS_KEY_FILE"]
    assert load_settings(environ, {}).tls_cert_file


def test_tls_files_without_tls_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    assert "would be ignored" in faults_of({"STREAMWARD_TLS_CA_FILE": str(tmp_path / "ca.pem")})[0]


def test_the_three_topics_must_differ() -> None:
    assert "three topics" in faults_of({"STREAMWARD_TOPIC_REJECTS": "moderation.requests"})[0]


def test_a_secret_is_read_from_a_file_without_its_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b" s3cret \r\n")
    environ = {**SASL, "STREAMWARD_SASL_PASSWORD_FILE": str(tmp_path / "password")}
    settings = load_settings(environ, {})
    assert settings.sasl_password == " s3cret "
    assert settings.origins["sasl_password"] == "STREAMWARD_SASL_PASSWORD_FILE"


def test_a_secret_and_its_file_together_are_refused() -> None:
    environ = {**SASL, "STREAMWARD_SASL_PASSWORD": "s3cret", "STREAMWARD_SASL_PASSWORD_FILE": "/dev/null"}
    assert faults_of(environ) == [
        "STREAMWARD_SASL_PASSWORD and STREAMWARD_SASL_PASSWORD_FILE: both are given; keep one"
    ]


@pytest.mark.parametrize(("content", "expected"), [(b"\n", "is missing"), (b"\xff", "is not UTF-8")])
def test_a_file_that_holds_no_secret_is_refused(content: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(content)
    assert expected in faults_of({**SASL, "STREAMWARD_SASL_PASSWORD_FILE": str(tmp_path / "password")})[0]


def test_a_secret_file_that_is_not_there_is_refused() -> None:
    assert "cannot be read" in faults_of({**SASL, "STREAMWARD_SASL_PASSWORD_FILE": "/no/such/file"})[0]


def test_no_secret_shows_in_the_settings_or_in_a_fault(tmp_path: Path) -> None:
    environ = {**SASL, "STREAMWARD_SASL_PASSWORD": "s3cret"}
    assert "s3cret" not in repr(load_settings(environ, {}))
    file = tmp_path / "streamward.toml"
    file.write_text("sasl_password = ['s3cret']\n")
    assert "s3cret" not in "\n".join(faults_of({**SASL, "STREAMWARD_CONFIG": str(file)}))
