"""What scripts other than Latin need so that spellings agree.

    Arabic      forms of alef, ya, kaf and ta marbuta are one letter; the stretch of a word is gone
    Devanagari  vowel signs are letters; the dot below is gone, a moon and dot is a dot
    Han         traditional letters are the simplified ones
    Hangul, kana  a syllable or a voiced sound is one letter, however it was put together
"""

import re
import unicodedata
from typing import Final

KEPT_MARKS: Final = re.compile("[\u0900-\u0903\u093a\u093b\u093e-\u094f\u3099\u309a]")
"""Marks that are part of a letter: vowel signs of Devanagari, and the two that make another sound of a kana."""

COMPOSED: Final = re.compile("[\u1160-\u11ff\u3099\u309a]")
"""Parts that make one letter with the one before them."""

_RUN: Final = re.compile("[0-9a-z]+")
_FIRST_PARTED: Final = "\u0590"

_TRADITIONAL: Final = (
    "丟亞佈佔來侶侷係俬倉個們倫偉側偵備傢傳傷傾僅僱價儀優儲兒內兩冊別刪則剋剛創劃劇動務勞勢匯區協卻厤厭參員唸問啞啟"
    "喪單嗎嘗噁噹嚇嚐嚮嚴囌國圍園圖團埰執報場塊塗壓夥夾奧奮婦媽嬰孃學寀實審寫寬寵將專尋對導尷層屬崑巖帥師帳帶幀幣幫"
    "幹幾庫廠廣廳張強彆彈彎彔彙彫彿後徑從復徵悅悶惡惱愛態慣慮慶慼憊憑憤憲應懞懷懼戀戲戶捲掃採換擁擇擊擋據擠擬擴擾攔"
    "攝敵數斷於昇時晉暫曆曏書會朮東枴柺條棟業極榦構樂樓標樣樹橋機檔檢檯櫃欄權歐歡歲歷歸殘殼氣氾汎決沒況泝減測準溫滅"
    "滿漢潔潛潤潰濛濟濫濾瀏為無煙煩熱燈營爭爲爾牆狀猶獄獅獎獨獲獻現琱環產甦畢畫異當療癥發皺盜監盤眾睏睜瞞矇確碼磯礙"
    "祕稅種稱積穫窺竊競筆箇節範築篩簡簽籤糰糾紀約紅紋納紐紗級細紹終組結絕絡給統經綜綠維綱網綵緊緒線緝編緩練緻縣縮總"
    "績繞繪繫繼續纍纏纔羅羈義習翫聖聞聯聲職聽聾脈脩脫腦腳膚膠臉臘臥臨臺與興舉舊華菸著蒐蓆蓋蔘薦薩藍藝蘇蘋蘭處虛號蟲"
    "術衕裏補裝裡製複襲覈見規視親覺覽觀訂計訊訓託記訝訪設許訴診註証評詞詢試詩話該誌認語誠誤說誰課調談請論諜諮諾謊謎"
    "講謝證識譜譯議護讀變讓豬貓負貨貫責貴貶買貸費貼賀資賊賓賠賣賬購賽趨跡蹟蹤車軌軍軟較載輔輪輯輸輿轉轟辦辭辯迴這週"
    "進遊運過達違遞遠適遲選還邊邏郵鄉鄰醣釋針釦鈅鈴銀銷鋪錄錢錯錶鍵鍼鍾鎖鏡鐘鐵鑑鑒鑰長門閉開間閘閤閱闆闇闖關陞陳陸"
    "隊際隨險隱隻雙雜離難電霧靜韓響頁項須預領頭頻題額顏顔願類顧顯顴風颱飛飲飾館餬饋馬駁駕駛騎騙騷驅驗驚驟體髮鬆鬚鬧"
    "鬱魚魯鮮鯨鳥鵰麥麴麵麼黃點黨齡齣"
)
_SIMPLIFIED: Final = (
    "丢亚布占来侣局系私仓个们伦伟侧侦备家传伤倾仅雇价仪优储儿内两册别删则克刚创划剧动务劳势汇区协却历厌参员念问哑启"
    "丧单吗尝恶当吓尝向严苏国围园图团采执报场块涂压伙夹奥奋妇妈婴娘学采实审写宽宠将专寻对导尴层属昆岩帅师帐带帧币帮"
    "干几库厂广厅张强别弹弯录汇雕佛后径从复征悦闷恶恼爱态惯虑庆戚惫凭愤宪应蒙怀惧恋戏户卷扫采换拥择击挡据挤拟扩扰拦"
    "摄敌数断于升时晋暂历向书会术东拐拐条栋业极干构乐楼标样树桥机档检台柜栏权欧欢岁历归残壳气泛泛决没况溯减测准温灭"
    "满汉洁潜润溃蒙济滥滤浏为无烟烦热灯营争为尔墙状犹狱狮奖独获献现雕环产苏毕画异当疗症发皱盗监盘众困睁瞒蒙确码矶碍"
    "秘税种称积获窥窃竞笔个节范筑筛简签签团纠纪约红纹纳纽纱级细绍终组结绝络给统经综绿维纲网彩紧绪线缉编缓练致县缩总"
    "绩绕绘系继续累缠才罗羁义习玩圣闻联声职听聋脉修脱脑脚肤胶脸腊卧临台与兴举旧华烟着搜席盖参荐萨蓝艺苏苹兰处虚号虫"
    "术同里补装里制复袭核见规视亲觉览观订计讯训托记讶访设许诉诊注证评词询试诗话该志认语诚误说谁课调谈请论谍咨诺谎谜"
    "讲谢证识谱译议护读变让猪猫负货贯责贵贬买贷费贴贺资贼宾赔卖账购赛趋迹迹踪车轨军软较载辅轮辑输舆转轰办辞辩回这周"
    "进游运过达违递远适迟选还边逻邮乡邻糖释针扣钥铃银销铺录钱错表键针钟锁镜钟铁鉴鉴钥长门闭开间闸合阅板暗闯关升陈陆"
    "队际随险隐只双杂离难电雾静韩响页项须预领头频题额颜颜愿类顾显颧风台飞饮饰馆糊馈马驳驾驶骑骗骚驱验惊骤体发松须闹"
    "郁鱼鲁鲜鲸鸟雕麦曲面么黄点党龄出"
)

SAME_LETTERS: Final[dict[str, str]] = {
    **dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)),
    **{wide: wide for wide in "！？；"},
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ـ": "",
    "\u0901": "\u0902",
}
"""Letters that stand for another; sentence ends of full width stay, because no blank follows them."""


def composed(before: str, part: str) -> str | None:
    """The one letter that `part` makes with the letter before it, or None."""
    letter = unicodedata.normalize("NFC", before + part)
    return letter if len(letter) == 1 else None


def meeting_places(words: str) -> list[int]:
    """Where letters or digits of Latin script touch a letter of a script that sets no blank between them."""
    places: list[int] = []
    size = len(words)
    for run in _RUN.finditer(words):
        start, end = run.span()
        if start and words[start - 1] >= _FIRST_PARTED:
            places.append(start)
        if end < size and words[end] >= _FIRST_PARTED:
            places.append(end)
    return places
