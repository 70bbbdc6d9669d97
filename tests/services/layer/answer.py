import words


def handler(event, context):
    return {"word": words.pick(2)}
