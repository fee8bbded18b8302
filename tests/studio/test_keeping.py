"""Painters are copied, thrown away and brought back, and new ones take their place whole or not at all."""

from pathlib import Path

import pytest
import tomli_w

from engine.judges.spec import Contrast
from engine.reports import Survey
from engine.service.protocol import Blend, PainterRef, TakeIn
from studio import blending, reports
from studio.judges import JudgeLibrary
from studio.keeping import PainterKeeper
from studio.painters import PainterError, PainterLibrary, Parent

CARD = {"version": 1, "base": "smollm2-135m-instruct", "primer": "primer", "judges": ["poet", "listener"]}


def painter(folder: Path, **changes: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "card.toml").write_text(tomli_w.dumps({**CARD, "name": folder.name.title(), **changes}))
    (folder / "adapter_config.json").write_text('{"r": 8}')
    (folder / "adapter_model.safetensors").write_bytes(folder.name.encode())
    return folder


@pytest.fixture
def library(tmp_path: Path) -> PainterLibrary:
    painter(tmp_path / "shipped" / "primer")
    painter(tmp_path / "shipped" / "poet", steps=32)
    painter(tmp_path / "home" / "painters" / "mine", judges=["weather"], name="Mine, all mine")
    return PainterLibrary(tmp_path / "home", tmp_path / "shipped")


@pytest.fixture
def keeper(library: PainterLibrary) -> PainterKeeper:
    return PainterKeeper(library)


def slugs(library: PainterLibrary) -> list[str]:
    return [card.slug for card in library.list() if card.slug != "base"]


def test_a_copy_of_a_shipped_painter_is_ones_own_and_names_its_original(library, keeper):
    card = keeper.duplicate("poet")
    assert (card.slug, card.name, card.shipped, card.error) == ("poet-2", "Poet 2", False, "")
    assert card.parents == (Parent("poet", "Poet", 1.0),)
    assert card.steps == 32
    weights = Path(card.folder) / "adapter_model.safetensors"
    assert weights.read_bytes() == b"poet"
    assert keeper.duplicate("poet-2").name == "Poet 3"
    assert keeper.duplicate("poet", "Calm").slug == "calm"
    assert [path for path in library.folder.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(("slug", "name", "says"), [("base", "", "no adapter"), ("x", "", "no painter")])
def test_what_cannot_be_copied_is_told(keeper, slug, name, says):
    with pytest.raises(PainterError, match=says):
        keeper.duplicate(slug, name)


def test_a_name_that_is_none_copies_nothing(library, keeper):
    for name in ("x" * 61, "a\nb", "   "):
        with pytest.raises(PainterError, match="1 to 60"):
            keeper.duplicate("poet", name)
    assert slugs(library) == ["poet", "mine"]


def test_the_trash_gives_back_what_it_took(library, keeper):
    before = library.get("mine")
    gone = keeper.discard("mine")
    assert slugs(library) == ["poet"]
    assert [one.name for one in keeper.trash()] == ["Mine, all mine"]
    assert keeper.restore(gone.key) == before
    assert keeper.trash() == []


def test_a_slug_that_was_taken_meanwhile_stays_with_its_new_owner(library, keeper):
    gone = keeper.discard("mine")
    painter(library.folder / "mine", name="Another")
    assert keeper.restore("mine").slug == "mine-2"
    assert library.get("mine").name == "Another"
    with pytest.raises(PainterError, match="in the trash"):
        keeper.restore(gone.key)


def test_of_several_the_latest_comes_back(library, keeper):
    first = keeper.discard("mine")
    painter(library.folder / "mine", name="Later")
    second = keeper.discard("mine")
    keys = {one.key for one in keeper.trash()}
    assert keys == {first.key, second.key}
    assert keeper.restore(second.key).name == "Later"


def test_only_ones_own_painters_can_be_thrown_away(library, keeper):
    for slug in ("base", "poet", "nobody", "..", "../painters/mine"):
        with pytest.raises(PainterError, match="not a painter of your own"):
            keeper.discard(slug)
    assert slugs(library) == ["poet", "mine"]


def test_a_faulty_painter_can_be_thrown_away_and_comes_back_faulty(library, keeper):
    (library.folder / "mine" / "card.toml").write_text("version = 1\nname")
    gone = keeper.discard("mine")
    assert gone.name == "mine"
    assert keeper.restore("mine").error


def test_emptying_the_trash_is_for_good(library, keeper):
    keeper.discard("mine")
    other = keeper.duplicate("poet")
    keeper.discard(other.slug)
    assert keeper.empty() == 2
    assert keeper.trash() == []
    assert keeper.empty() == 0


def test_strange_folders_in_the_trash_are_passed_over(library, keeper, tmp_path):
    stranger = tmp_path / "home" / "trash" / "painters" / "photos"
    stranger.mkdir(parents=True)
    assert keeper.trash() == []
    keeper.empty()
    assert stranger.exists()


def test_a_room_that_is_not_whole_is_not_adopted(library, keeper):
    room = keeper.room()
    room.mkdir(parents=True)
    with pytest.raises(PainterError, match="not whole"):
        keeper.adopt(room, {"name": "New"})
    assert slugs(library) == ["poet", "mine"]


# --- blends


def test_a_blend_tells_its_parents_and_their_shares(library, keeper):
    making = blending.blend(library.get("poet"), library.get("mine"), (60, 40), keeper.room())
    assert isinstance(making.request, Blend)
    assert making.request.weights == pytest.approx((0.6, 0.4))
    assert [ref.slug for ref in making.request.parents] == ["poet", "mine"]
    painter(Path(making.request.out))
    card = keeper.adopt(Path(making.request.out), {**making.facts, "rank": 16})
    assert (card.name, card.slug) == ("Poet 60 Mine, all mine 40", "poet-60-mine-all-mine-40")
    assert card.parents == (Parent("poet", "Poet", 0.6), Parent("mine", "Mine, all mine", 0.4))
    assert (card.rank, card.primer, card.judges) == (16, "primer", ("poet", "listener", "weather"))
    assert not card.error


@pytest.mark.parametrize("weights", [(0, 1), (1, -1), (float("nan"), 1), (float("inf"), 1)])
def test_weights_that_are_none_are_refused(library, keeper, weights):
    with pytest.raises(PainterError, match="above 0"):
        blending.blend(library.get("poet"), library.get("mine"), weights, keeper.room())


def test_painters_that_do_not_suit_each_other_are_told_why(library):
    poet, base = library.get("poet"), library.get("base")
    painter(library.folder / "elsewhere", base="/models/big")
    painter(library.folder / "bare", primer="")
    assert "one base" in blending.suits(poet, library.get("elsewhere"))
    assert "different primers" in blending.suits(poet, library.get("bare"))
    assert "two different" in blending.suits(poet, poet)
    assert "no adapter" in blending.suits(poet, base)
    assert blending.suits(poet, library.get("mine")) == ""


def test_a_suggested_name_is_sound_however_long_its_parents_are():
    name = blending.blended_name("A" * 60, "B" * 60, 0.333)
    assert len(name) <= 60
    assert name.startswith("AAA")
    assert " 33 " in name
    assert name.endswith(" 67")


# --- imports


def test_a_strangers_adapter_gets_a_card(tmp_path, keeper):
    folder = painter(tmp_path / "sea_shanty-lora")
    (folder / "card.toml").unlink()
    making = blending.take_in(folder, "smollm2-135m-instruct", "primer", keeper.room())
    assert isinstance(making.request, TakeIn)
    assert making.request.folder == str(folder)
    assert making.facts["name"] == "Sea shanty lora"
    assert making.facts["imported"] == "sea_shanty-lora"
    assert making.facts["date"]


def test_a_painter_from_another_home_keeps_its_card(tmp_path, keeper):
    folder = painter(tmp_path / "friend", name="A Friend's", steps=60, seed=7, evil="x")
    facts = blending.take_in(folder, "smollm2-135m-instruct", "primer", keeper.room()).facts
    assert (facts["name"], facts["steps"], facts["seed"]) == ("A Friend's", 60, 7)
    assert "evil" not in facts
    assert "version" not in facts


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("nothing", "There is no folder"),
        ("zip", "is an archive: unpack it"),
        ("file", "choose the folder"),
        ("torn card", "not sound"),
        ("other base", "not on smollm2-135m-instruct with the primer"),
        ("other primer", "with the primer “mine”, not on"),
    ],
)
def test_what_cannot_be_imported_is_told(tmp_path, keeper, what, says):
    folder = tmp_path / "foreign"
    match what:
        case "zip":
            folder = folder.with_suffix(".zip")
            folder.write_bytes(b"PK\x05\x06" + bytes(18))
        case "file":
            folder.write_text("weights")
        case "torn card":
            (painter(folder) / "card.toml").write_text("name = ")
        case "other base":
            painter(folder, base="/models/big")
        case "other primer":
            painter(folder, primer="mine")
    with pytest.raises(PainterError, match=says):
        blending.take_in(folder, "smollm2-135m-instruct", "primer", keeper.room())


def test_an_adapter_for_plain_weights_is_told_from_one_for_the_primed(tmp_path, keeper):
    def plain(folder: Path) -> bool:
        request = blending.take_in(folder, "smollm2-135m-instruct", "primer", keeper.room()).request
        assert isinstance(request, TakeIn)
        return request.plain

    assert not plain(painter(tmp_path / "friend"))
    assert plain(painter(tmp_path / "export", primer="")), "an export lies on the plain weights"
    bare = painter(tmp_path / "bare")
    (bare / "card.toml").unlink()
    assert plain(bare), "nobody else has our primer"
    (bare / "adapter_config.json").write_text('{"base_model_name_or_path": "smollm2-135m-instruct"}')
    assert not plain(bare), "a checkpoint of our own"


def test_a_gguf_becomes_a_painter_with_a_card(tmp_path, library, keeper):
    file = tmp_path / "Sea-Shanty.Q8_0.gguf"
    file.write_bytes(b"GGUF")
    making = blending.take_in(file, "smollm2-135m-instruct", "primer", keeper.room())
    assert isinstance(making.request, TakeIn)
    assert making.request.folder == str(file)
    room = Path(making.request.out)
    room.mkdir(parents=True)
    with pytest.raises(PainterError, match=r"model\.gguf is missing"):
        keeper.adopt(room, making.facts)
    room.mkdir(exist_ok=True)
    (room / "model.gguf").write_bytes(b"GGUF")
    card = keeper.adopt(room, making.facts)
    assert (card.gguf, card.imported, card.error) == ("Sea-Shanty.Q8_0", "Sea-Shanty.Q8_0.gguf", "")
    copy = keeper.duplicate(card.slug)
    assert (Path(copy.folder) / "model.gguf").read_bytes() == b"GGUF"
    assert "a model of its own" in blending.suits(card, library.get("poet"))
    (Path(card.folder) / "model.gguf").unlink()
    assert "model.gguf is missing" in next(one.error for one in library.list() if one.slug == card.slug)


# --- reports


def test_a_painter_is_measured_by_its_own_taste_against_the_base(library):
    judges = JudgeLibrary(library.folder.parent)
    judges.save("weather", Contrast(name="Weather", asks="weather", liked=("Hail",)))
    asked = reports.measure(library.get("mine"), judges, 4)
    assert [ref.slug for ref in asked.request.painters] == ["base", "mine"]
    assert list(asked.request.judges) == ["weather"]
    assert asked.own == ("weather", None)
    poet = reports.measure(library.get("poet"), judges)
    assert set(poet.request.judges) == {"poet", "poet (held out)"}
    assert poet.request.painters[1] == PainterRef("poet", library.get("poet").folder)


def test_what_was_measured_is_kept_in_the_card(library, keeper):
    judges = JudgeLibrary(library.folder.parent)
    judges.save("weather", Contrast(name="Weather", asks="weather", liked=("Hail",)))
    asked = reports.measure(library.get("mine"), judges, 4)
    base = Survey(painter="base", names=("A", "A", "B", ""), scores={"weather": (0.2, 0.2, 0.2, None)})
    mine = Survey(painter="mine", names=("C", "D", "E", "F"), scores={"weather": (0.9, 0.9, 0.1, 0.9)})
    assert asked.figures([base]) is None
    figures = asked.figures([base, mine])
    assert figures is not None
    assert figures["distinct"] == 4
    assert figures["style_auc"] == pytest.approx(2 / 3)
    assert "correctness" not in figures, "nobody told"
    card = keeper.note_report("mine", "report_small", figures)
    assert card.report_small == figures
    assert (card.name, card.report) == ("Mine, all mine", {})
    with pytest.raises(PainterError, match="not a painter of your own"):
        keeper.note_report("poet", "report_small", figures)
