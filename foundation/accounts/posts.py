"""課と職 in words: no department is said twice."""


def post_in_words(department: str, post: str) -> str:
    """「総務課長」; of a post that does not name its department 「総務課 係長」."""
    stem = department.removesuffix("課")
    names_it = bool(stem) and stem in post
    return post if names_it else f"{department} {post}".strip()
