def pick(number):
    return ["one", "two", "three"][number]
