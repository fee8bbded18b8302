"""A model's trial beside the field that names it."""

from engine.judges.spec import Contrast, Form, Rating
from engine.judges.trial import Trial, advice
from engine.service.protocol import Done, Failed, Progress, Tried
from studio.views import model_trial
from studio.views.model_trial import ModelTrial

TRIAL = Trial(model="Small", contrast=0.97, rating=0.55)


def test_a_model_near_chance_is_called_poor_and_the_better_kind_is_named() -> None:
    view = model_trial.ask(3)
    assert (view.state, view.done) == ("going", None)
    view = model_trial.fold(view, Progress(id=3, note="Trying Small", done=0.5))
    assert (view.sentence, view.done) == ("Trying Small", 0.5)
    assert model_trial.fold(view, Tried(id=2, trial=TRIAL, advice=advice(TRIAL, "rating"))) is view
    told = model_trial.fold(view, Tried(id=3, trial=TRIAL, advice=advice(TRIAL, "rating")))
    assert (told.state, told.recommended) == ("poor", "contrast")
    assert told.shares == (("contrast", 0.97), ("rating", 0.55))
    assert "learn noise" in told.sentence
    assert model_trial.fold(told, Done(id=3)) is told
    sound = model_trial.fold(view, Tried(id=3, trial=TRIAL, advice=advice(TRIAL, "contrast")))
    assert (sound.state, sound.recommended) == ("sound", "")


def test_why_nothing_came_is_a_sentence() -> None:
    view = model_trial.ask(3)
    assert model_trial.fold(view, Failed(id=3, reason="No such file.")).sentence == "No such file."
    called_off = model_trial.fold(view, Failed(id=3, reason="x", cancelled=True))
    assert (called_off.state, called_off.sentence) == ("failed", "It was not tried to the end.")
    assert model_trial.fold(view, Done(id=3)).state == "failed"
    assert model_trial.fold(ModelTrial(), Failed(id=0, reason="It stopped.")) == ModelTrial()


def test_who_is_tried_unasked() -> None:
    contrast, rating = Contrast(name="C", asks="names", liked=("One",)), Rating(name="R", asks="names")
    assert model_trial.asks_model(contrast)
    assert not model_trial.wants_trial(contrast)
    assert model_trial.wants_trial(rating)
    assert not model_trial.asks_model(Form(name="F"))
    assert not model_trial.asks_model(None)
