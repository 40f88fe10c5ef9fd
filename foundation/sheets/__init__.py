"""Safe writing of workbooks and CSV. Knows no domain.

openpyxl uses defusedxml only when it is installed; without it an entity bomb would be read. So we
look.
"""

import openpyxl.xml

if not openpyxl.xml.DEFUSEDXML:
    raise RuntimeError("defusedxml が見つかりません。requirements/ から入れ直してください。")
