"""The bench: names, ratings and neighbours, kept between starts and never in the way."""

from pathlib import Path

from studio.bench import USUAL, Bench, BenchStore


def test_it_is_kept(tmp_path: Path) -> None:
    store = BenchStore(tmp_path / "home")
    assert store.load() == Bench()
    bench = Bench(names=("Fog", "Été"), beside=("poet",)).rate("Fog", 1).rate("Été", -1)
    store.save(bench)
    assert store.load() == bench
    assert bench.rated() == {"Fog": 1.0, "Été": -1.0}


def test_a_name_has_one_rating() -> None:
    bench = Bench().rate("Fog", 1).rate("Fog", -1)
    assert (bench.up, bench.down, bench.rating("Fog")) == ((), ("Fog",), -1)
    assert bench.rate("Fog", 0).rated() == {}


def test_what_cannot_be_read_is_put_aside(tmp_path: Path) -> None:
    store = BenchStore(tmp_path)
    store.path.write_text("names = 3")
    assert store.load().names == USUAL
    assert (tmp_path / "bench.broken.toml").read_text() == "names = 3"
