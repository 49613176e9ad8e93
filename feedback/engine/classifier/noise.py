"""Noisy copies of questions: characters that sound alike, dropped and swapped ones. Pure."""

from __future__ import annotations

import random

# Characters people mix up when they type by sound. Each group is one sound, or nearly.
ALIKE = (
    "在再", "的得地", "那哪", "以已", "他她它", "做作坐", "退推", "卖买麦", "价加假", "钱前签", "店点电", "图途涂",
    "单但担", "快块", "递弟第", "包保报", "收手首", "号好", "码吗嘛", "证正整", "是事市式", "有又由", "咋怎", "平苹凭",
    "台抬", "流留", "播拨", "货或获", "发法", "账帐张", "带代袋", "款宽", "贴帖", "订定", "相像象", "标表", "题提",
    "注住助", "费废", "帮邦", "辈被", "件见建", "品频", "直值只", "品拼", "广光", "告高", "赔陪", "坏怀", "裂列",
    "运云", "寄记", "箱厢", "称秤", "斤近", "差查", "评苹", "客课", "服付", "限现", "税睡", "照找", "册策", "登灯",
    "密蜜", "习席", "视是", "频贫", "数书", "据具", "贷代", "息西", "补不", "质制", "牌排", "检减", "农弄", "认任",
)  # fmt: skip
_SOUND: dict[str, str] = {}
for _group in ALIKE:
    for _sign in _group:
        _SOUND[_sign] = _SOUND.get(_sign, "") + _group.replace(_sign, "")


def noisy(text: str, dice: random.Random) -> str:
    """A copy with one or two slips a typing thumb makes; very short texts get one."""
    signs = list(text)
    for _slip in range(1 if len(signs) < 8 else 2):
        if len(signs) < 3:
            break
        alike = [i for i, sign in enumerate(signs) if sign in _SOUND]
        kind = dice.random()
        if alike and kind < 0.6:
            place = dice.choice(alike)
            signs[place] = dice.choice(_SOUND[signs[place]])
            continue
        place = dice.randrange(len(signs) - 1)
        if kind < 0.8:
            del signs[place]
        else:
            signs[place], signs[place + 1] = signs[place + 1], signs[place]
    return "".join(signs)
