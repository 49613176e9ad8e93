"""The themes of the taxonomy, and when questions asked before were due."""

import datetime as dt

from django.db import migrations
from django.db.models import F

# code, Chinese, English, about (Chinese), about (English)
THEMES = [
    (
        "open_shop",
        "开店入驻",
        "Opening a shop",
        "选哪个平台、要什么材料、保证金、上架第一个宝贝、店名",
        "which platform, papers, deposit, first listing, shop name",
    ),
    (
        "realname_payment",
        "实名认证与收付款",
        "Real name and payment",
        "实名、刷脸、绑卡、结算、提现、收款码、付款骗局",
        "verification, face check, bank card, settlement, withdrawal, payment fraud",
    ),
    (
        "product_photo",
        "商品图片视频",
        "Photos and video",
        "拍照、构图、背景、白底图、剪视频、修图",
        "shooting, cropping, backgrounds, editing pictures and video",
    ),
    (
        "title_seo",
        "标题与搜索",
        "Titles and search",
        "关键词、标题怎么写、搜索排名、属性、话题标签",
        "key words, title wording, ranking, attributes, hashtags",
    ),
    (
        "logistics_packaging",
        "物流包装",
        "Logistics and packing",
        "打包、快递、冷链、丢件、运费、仓储",
        "packing, courier, cold chain, lost parcels, freight, storage",
    ),
    (
        "returns_disputes",
        "退换货纠纷",
        "Returns and disputes",
        "退款、退货、举证、平台判定、赔付",
        "refunds, returns, evidence, platform ruling, claims",
    ),
    (
        "livestream",
        "直播带货",
        "Live selling",
        "开播、脚本、设备、直播间灯光、直播封号",
        "going live, scripts, equipment, light in the live room, live bans",
    ),
    (
        "promotion_ads",
        "推广与广告费",
        "Promotion and ads",
        "付费推广、优惠券、活动、达人带货、拼团、刷单",
        "paid ads, coupons, campaigns, influencers, group buying, fake orders as a tactic",
    ),
    (
        "licence_law",
        "证照与法规",
        "Licences and law",
        "营业执照、食品许可、标签、禁用词、税、罚款、隐私",
        "permits, labels, banned words, tax, fines, privacy",
    ),
    (
        "pricing_cost",
        "定价与成本",
        "Pricing and cost",
        "定多少钱、成本、佣金、利润、会不会亏",
        "price, cost, commission, profit, whether it loses money",
    ),
    (
        "customer_service",
        "客服与评价",
        "Service and reviews",
        "怎么回复买家、差评、好评、老客回头",
        "replies to buyers, bad and good reviews, repeat buyers",
    ),
    (
        "platform_app",
        "卖货软件操作",
        "Selling-app problems",
        "卖货软件报错、按钮找不到、打印机、子账号、店铺扣分和申诉",
        "errors and buttons of selling apps, printers, sub-accounts, shop penalties and appeals",
    ),
    (
        "learning_platform",
        "学习平台使用",
        "This learning platform",
        "本平台登录、看课卡顿、学习进度、小测、作业、证书、学时",
        "signing in here, lessons that stall, progress, quizzes, homework, certificates, hours",
    ),
    (
        "funding_loan",
        "补贴与贷款",
        "Support and loans",
        "补贴、贷款、贴息、项目资金、贷款骗局",
        "subsidies, loans, interest support, project money, loan fraud",
    ),
    (
        "data_analysis",
        "数据分析",
        "Data",
        "看后台数据、转化率、流量来源、表格、备多少货",
        "metrics, conversion, traffic, sheets, stock forecast",
    ),
    (
        "quality_brand",
        "品质认证与品牌",
        "Quality and brand",
        "分级、检测、合格证、有机、追溯、商标、地理标志",
        "grading, testing, certificates, organic, traceability, trademark, geographical indication",
    ),
    (
        "other",
        "其他",
        "Other",
        "打招呼、种养技术、村里的事、跟卖货无关的",
        "greetings, farming technique, village affairs, anything not about selling",
    ),
]


def fill(apps, schema_editor):
    theme, question = apps.get_model("feedback", "Theme"), apps.get_model("feedback", "Question")
    for order, (code, zh, en, about_zh, about_en) in enumerate(THEMES):
        theme.objects.create(
            code=code, name_zh=zh, name_en=en, about_zh=about_zh, about_en=about_en, order=order
        )
    question.objects.update(due_at=F("created_at") + dt.timedelta(hours=24))


class Migration(migrations.Migration):
    dependencies = [("feedback", "0002_question_loop")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
