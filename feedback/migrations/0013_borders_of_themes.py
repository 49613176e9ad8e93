"""What themes are about now names the borders that were mistaken most: a deposit back, the platform's fee,
what an ad brings back, the free-shipping line, no viewers, a stolen picture, cash-back cards. What somebody
wrote here stays."""

from django.db import migrations

# code, Chinese before and after, English before and after
ABOUT = [
    (
        "open_shop",
        "选哪个平台、要什么材料、保证金、上架第一个宝贝、店名",
        "选哪个平台、要什么材料、保证金、上架第一个宝贝、店名、关店退保证金",
        "which platform, papers, deposit, first listing, shop name",
        "which platform, papers, deposit, first listing, shop name, deposit back on closing",
    ),
    (
        "title_seo",
        "关键词、标题怎么写、搜索排名、属性、话题标签",
        "关键词、标题怎么写、搜索排名、属性、话题标签、搜不到没人看",
        "key words, title wording, ranking, attributes, hashtags",
        "key words, title wording, ranking, attributes, hashtags, a listing nobody finds",
    ),
    (
        "livestream",
        "开播、脚本、设备、直播间灯光、直播封号",
        "开播、脚本、设备、直播间灯光、直播间没人、直播封号",
        "going live, scripts, equipment, light in the live room, live bans",
        "going live, scripts, equipment, light, an empty live room, live bans",
    ),
    (
        "promotion_ads",
        "付费推广、优惠券、活动、达人带货、拼团、刷单",
        "付费推广、优惠券、活动、达人带货、拼团、刷单、广告费划不划算、满多少包邮凑单",
        "paid ads, coupons, campaigns, influencers, group buying, fake orders as a tactic",
        "paid ads and what they bring back, coupons, campaigns, a free-shipping line to fill baskets, influencers, group buying, fake orders as a tactic",
    ),
    (
        "licence_law",
        "营业执照、食品许可、标签、禁用词、税、罚款、隐私",
        "营业执照、食品许可、标签、禁用词、税、罚款、隐私、图被盗用、返现卡违不违法",
        "permits, labels, banned words, tax, fines, privacy",
        "permits, labels, banned words, tax, fines, privacy, a stolen picture, whether a cash-back card is allowed",
    ),
    (
        "pricing_cost",
        "定多少钱、成本、佣金、利润、会不会亏",
        "定多少钱、成本、佣金和平台扣点、利润、包邮会不会亏",
        "price, cost, commission, profit, whether it loses money",
        "price, cost, commission and platform fees, profit, whether free shipping loses money",
    ),
    (
        "customer_service",
        "怎么回复买家、差评、好评、老客回头",
        "怎么回复买家、差评、怎么请人写好评、老客回头",
        "replies to buyers, bad and good reviews, repeat buyers",
        "replies to buyers, bad reviews, asking for good ones, repeat buyers",
    ),
    (
        "quality_brand",
        "分级、检测、合格证、有机、追溯、商标、地理标志",
        "分级、检测、合格证、有机、追溯、商标、包装被仿、地理标志",
        "grading, testing, certificates, organic, traceability, trademark, geographical indication",
        "grading, testing, certificates, organic, traceability, trademark, a copied brand, geographical indication",
    ),
]


def spell_out(apps, schema_editor):
    theme = apps.get_model("feedback", "Theme")
    for code, zh, new_zh, en, new_en in ABOUT:
        theme.objects.filter(code=code, about_zh=zh).update(about_zh=new_zh)
        theme.objects.filter(code=code, about_en=en).update(about_en=new_en)


class Migration(migrations.Migration):
    dependencies = [("feedback", "0012_one_training_waits")]

    operations = [migrations.RunPython(spell_out, migrations.RunPython.noop)]
