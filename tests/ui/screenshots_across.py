"""Pictures of what belongs to no page: palette, keys, settings, notices, the tour, and large text."""

from ui.app import Studio


def shoot_across(app, out, world, mode, size, settle):
    """Take them all in one theme and size; ``settle`` lets the window come to rest."""
    studio = Studio(app, world.makers)
    studio.theme.motion = False
    studio.across._set(theme=mode)
    studio.window.resize(*size)
    studio.show()
    settle(1500)
    across, window = studio.across, studio.window

    def take(name):
        settle(400)
        window.grab().save(str(out / f"{name}_{mode}_{size[0]}x{size[1]}.png"))

    window.open_page(0)
    across.open_finder()
    take("finder")
    across._finder.field.setText("we")
    take("finder_query")
    across.open_keys()
    take("keys")
    across.open_settings()
    take("settings")
    across.start_tour()
    take("tour")
    across._tour.put_away()
    studio.notices.fault(
        "The naming service stopped 3 times within a minute and stays off.", "Out of memory."
    )
    studio.notices.undo("Deleted “Weather”.", lambda: None)
    take("notices")
    for toast in list(across.toasts.shown):
        toast.put_away()
    across._set(text_size=150)
    for page in window.pages:
        window.open_titled(page.title)
        take(f"{page.title.lower()}_150")
    across._set(text_size=100)
    window.open_page(0)
    window.close()
    studio.close()
    window.deleteLater()
    studio.deleteLater()
    settle(50)
