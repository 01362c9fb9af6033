"""Where everything stands on a filled form: millimetres computed from the form's data, before any typesetting."""
