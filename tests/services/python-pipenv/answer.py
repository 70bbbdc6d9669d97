import idna


def handler(event, context):
    return {"encoded": idna.encode("münchen.example").decode()}
