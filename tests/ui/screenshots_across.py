"""Pictures of what belongs to no page: palette, keys, settings, notices, the tour, and large text."""

from shooting import opened, settle


def shoot_across(app, out, world, mode, size):
    """Take them all in one theme and size."""
    with opened(app, world, mode, size) as studio:
        # By the settings: changing one of them later applies them all.
        studio.across._set(theme=mode)
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
