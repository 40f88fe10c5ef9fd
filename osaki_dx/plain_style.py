"""The look of a page that no style sheet reaches: what the server refuses before Django.

As `templates/bare.html` looks, written into the page itself; the policy of contents names it by its
digest (`settings.CONTENT_SECURITY_POLICY`), since Django answers with such a page too.
"""

from base64 import b64encode
from hashlib import sha256

STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#1a1a1a;line-height:1.75;word-break:auto-phrase;
font-family:"BIZ UDPGothic","Hiragino Sans","Noto Sans JP","Yu Gothic UI",Meiryo,sans-serif;
overflow-wrap:anywhere}
header{display:flex;align-items:center;min-height:3.25rem;padding:0 1rem;
border-bottom:1px solid #ccc}
header a{color:#1a1a1a;text-decoration:none}
header span{margin-left:.625rem;padding-left:.625rem;border-left:1px solid #767676;color:#4d4d4d}
main{max-width:48rem;margin:0 auto;padding:3rem 1rem}
.code{margin:0;color:#4d4d4d;font-size:.9375rem}
h1{margin:0 0 1rem;font-size:1.75rem;line-height:1.4;text-wrap:balance}
p{margin:.25rem 0;font-size:1.0625rem}
.home{margin-top:1.5rem}
.home a{display:inline-block;padding:.5rem 1.25rem;border-radius:.25rem;
background:#0017c1;color:#fff;font-weight:700;text-decoration:none}
a:focus-visible{outline:3px solid #000;outline-offset:2px;box-shadow:0 0 0 2px #ffd43d}
@media(min-width:48rem){header{padding:0 2.5rem}main{padding-top:4rem}h1{font-size:2rem}}
"""
DIGEST = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
