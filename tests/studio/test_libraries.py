"""The libraries of judges and painters, and the settings; faulty files are survived and told of."""

import tomllib
from pathlib import Path

import msgspec
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from engine.judges.spec import Contrast, Form, JudgeError
from engine.service.protocol import PainterRef
from studio.files import SLUG_LIMIT, free_slug, is_slug, slugify
from studio.judges import JudgeLibrary
from studio.painters import PainterError, PainterLibrary
from studio.settings import Settings, SettingsStore, fault_of_base

WEATHER = Contrast(name="Weather", asks="names that sound like weather", liked=("Thunderhead", "Monsoon Sky"))


@pytest.fixture
def judges(tmp_path: Path) -> JudgeLibrary:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "poet.toml").write_text(
        'version = 1\nkind = "contrast"\nname = "Poet"\nasks = "poems"\nliked = ["Sunset Dust"]\n'
    )
    return JudgeLibrary(tmp_path / "home", shipped)


@given(st.text(max_size=200))
def test_any_name_has_a_slug(name: str) -> None:
    assert is_slug(slugify(name))


def test_slugs_are_readable_and_do_not_collide() -> None:
    assert slugify("Été à Paris!") == "ete-a-paris"
    assert slugify("日本") == "untitled"
    taken = {"poet", "poet-2"}
    assert free_slug("Poet", taken.__contains__) == "poet-3"
    assert len(free_slug("x" * 90, {"x" * SLUG_LIMIT}.__contains__)) == SLUG_LIMIT


def test_a_saved_judge_is_found_by_slug_and_by_path(judges: JudgeLibrary, tmp_path: Path) -> None:
    path = judges.save("weather", WEATHER)
    assert judges.get("weather") == WEATHER
    assert judges.get(str(path)) == WEATHER
    assert judges.slug_of(str(path)) == "weather"
    assert [entry.slug for entry in judges.list()] == ["poet", "weather"]
    assert [path.name for path in judges.folder.iterdir()] == ["weather.toml"]  # nothing left beside


def test_ones_own_judge_lies_over_the_shipped_one_until_deleted(judges: JudgeLibrary) -> None:
    judges.save("poet", WEATHER)
    assert [(entry.name, entry.shipped) for entry in judges.list()] == [("Weather", False)]
    judges.delete("poet")
    assert [(entry.name, entry.shipped) for entry in judges.list()] == [("Poet", True)]
    with pytest.raises(JudgeError, match="not a judge of your own"):
        judges.delete("poet")


def test_a_faulty_judge_is_listed_with_its_error(judges: JudgeLibrary) -> None:
    judges.folder.mkdir(parents=True)
    (judges.folder / "torn.toml").write_text('version = 1\nkind = "contr')
    (judges.folder / "My Judge.toml").write_text('kind = "form"\nname = "x"\n')
    errors = {entry.slug: entry.error for entry in judges.list() if entry.spec is None}
    assert "not valid TOML" in str(errors["torn"])
    assert "must be renamed" in str(errors["My Judge"])
    with pytest.raises(JudgeError, match="torn"):
        judges.get("torn")


@pytest.mark.parametrize("slug", ["", "../poet", "Poet", "poet.toml", "nobody", "a" * 80])
def test_a_judge_that_is_not_there_is_one_sentence(judges: JudgeLibrary, slug: str) -> None:
    with pytest.raises(JudgeError) as caught:
        judges.get(slug)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_judge_that_was_taken_out_is_put_back_as_it_was_faults_included(judges: JudgeLibrary) -> None:
    judges.folder.mkdir(parents=True)
    path = judges.folder / "broken.toml"
    path.write_text("kind = 3  # mine")
    removed = judges.take_out("broken")
    assert not path.exists()
    judges.put_back(removed)
    assert path.read_text() == "kind = 3  # mine"
    with pytest.raises(JudgeError, match="another judge"):
        judges.put_back(removed)
    with pytest.raises(JudgeError, match="not a judge of your own"):
        judges.take_out("never-there")


def test_an_exported_judge_reads_as_the_same(judges: JudgeLibrary, tmp_path: Path) -> None:
    spec = Form(name="Terse", max_words=2)
    judges.export(spec, tmp_path / "out" / "terse.toml")
    assert judges.get(str(tmp_path / "out" / "terse.toml")) == spec
    with pytest.raises(JudgeError, match="cannot be written"):
        judges.export(spec, tmp_path / "out" / "terse.toml" / "below.toml")


def test_an_unsound_judge_is_not_saved(judges: JudgeLibrary) -> None:
    with pytest.raises(JudgeError):
        judges.save("wrong", Form(name="Wrong", min_words=3, max_words=1))
    with pytest.raises(JudgeError):
        judges.save("Wrong Slug", WEATHER)
    assert not judges.has("wrong")


def painter(folder: Path, **changes: object) -> Path:
    folder.mkdir(parents=True)
    card = {
        "version": 1,
        "name": folder.name.title(),
        "base": "smollm2-135m-instruct",
        "primer": "",
        "recipe": {"name": "x"},
        "judges": ["poet", "correctness"],
        "seed": 3,
        "steps": 60,
        "date": "2026-11-23T04:00:00+00:00",
        "machine": "CPU, 2 cores",
        "run": "2026-11-23-x",
        "reward_first": 0.3,
        "reward_last": 0.7,
    }
    (folder / "card.toml").write_text(tomli_w.dumps(card | changes))
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_bytes(b"")
    return folder


@pytest.fixture
def painters(tmp_path: Path) -> PainterLibrary:
    painter(tmp_path / "shipped" / "primer")
    painter(tmp_path / "shipped" / "poet")
    painter(tmp_path / "home" / "painters" / "older", date="2026-11-01")
    painter(tmp_path / "home" / "painters" / "newer", date="2026-11-02", invented_later=True)
    return PainterLibrary(tmp_path / "home", tmp_path / "shipped")


def test_painters_are_listed_base_first_and_the_primer_is_none(painters: PainterLibrary) -> None:
    assert [card.slug for card in painters.list()] == ["base", "poet", "newer", "older"]
    newer = painters.get("newer")
    assert (newer.judges, newer.reward_last, newer.error) == (("poet", "correctness"), 0.7, "")


def test_the_service_is_told_a_painters_folder_and_none_for_the_base(painters: PainterLibrary) -> None:
    assert painters.ref("base") == PainterRef("base")
    assert painters.ref("older") == PainterRef("older", str((painters.folder / "older").resolve()))


def test_a_faulty_painter_is_listed_with_its_error_and_cannot_be_used(painters: PainterLibrary) -> None:
    (painters.folder / "older" / "adapter_model.safetensors").unlink()
    (painters.folder / "newer" / "card.toml").write_text("version = 1\nname")
    (painters.folder / ".half").mkdir()
    errors = {card.slug: card.error for card in painters.list()}
    assert "adapter_model.safetensors is missing" in errors["older"]
    assert "not sound" in errors["newer"]
    assert ".half" not in errors
    for slug in ("older", "newer", "nobody"):
        with pytest.raises(PainterError):
            painters.ref(slug)


def test_renaming_changes_the_name_and_keeps_slug_and_card(painters: PainterLibrary) -> None:
    before = painters.get("older")
    after = painters.rename("older", "  Old Master ")
    assert after == msgspec.structs.replace(before, name="Old Master")
    for name in ("", "x" * 61, "a\nb"):
        with pytest.raises(PainterError):
            painters.rename("older", name)


def test_settings_come_back_as_saved(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    assert store.load() == (Settings(), "")
    settings = Settings(theme="dark", color="#00ff00", painters=("base", "poet"), judge="weather")
    store.save(settings)
    assert store.load() == (settings, "")


@pytest.mark.parametrize("text", ['theme = "dar', "version = 2", "\udcff"])
def test_broken_settings_are_put_aside_and_said(tmp_path: Path, text: str) -> None:
    store = SettingsStore(tmp_path)
    store.path.write_bytes(text.encode("utf-8", "surrogateescape"))
    settings, notice = store.load()
    assert settings == Settings()
    assert "settings.broken.toml" in notice
    assert not store.path.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["settings.broken.toml"]


def test_a_setting_that_cannot_be_used_falls_back_alone_and_is_named(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.path.write_text('theme = "plaid"\ncolor = 3\njudge = "weather"\ntext_size = 400\n')
    settings, notice = store.load()
    assert settings == Settings(judge="weather")
    for key in ("theme", "color", "text_size"):
        assert key in notice
    assert store.path.exists()


def test_what_a_later_version_wrote_is_kept(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.path.write_text('theme = "dark"\nhologram = [1, 2]\n[orbit]\nspeed = 3\n')
    settings, _ = store.load()
    store.save(settings)
    again = tomllib.loads(store.path.read_text())
    assert (again["hologram"], again["orbit"], again["theme"]) == ([1, 2], {"speed": 3}, "dark")


def test_a_folder_that_is_no_base_is_told(tmp_path: Path) -> None:
    assert fault_of_base("") == ""
    assert "There is no base" in fault_of_base(str(tmp_path / "nowhere"))
    (tmp_path / "config.json").write_text("{}")
    assert "no safetensors" in fault_of_base(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert fault_of_base(str(tmp_path)) == ""


def test_settings_of_a_later_version_are_read_as_far_as_they_are_known(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path)
    store.path.write_text('theme = "light"\nhologram = true\n')
    assert store.load()[0].theme == "light"
