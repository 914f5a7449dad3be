"""Stories of the demo, in both languages. The villages and families in them are invented.

`{name}` stands for the family name, `{village}` and `{town}` for the place.
"""

from __future__ import annotations

from typing import NamedTuple


class Telling(NamedTuple):
    title: str
    intro: str
    paragraphs: tuple[str, ...]
    quote: str
    speaker: str


class Story(NamedTuple):
    """`village` names where to look for a family that agreed; `days_ago` when it was told."""

    slug: str
    product: str
    village: str
    days_ago: int
    zh: Telling
    en: Telling


STORIES: tuple[Story, ...] = (
    Story(
        "cabbage-to-the-canteen",
        "dabaicai",
        "柳溪村",
        9,
        Telling(
            "{name}家的白菜，走了四十里路到食堂",
            "往年收白菜最怕起大雾：车不来，菜在地头一天比一天轻。今年，{village}的白菜没等过夜。",
            (
                "{name}家有四亩水浇地，一半种白菜，一半倒茬种红薯。白菜好种，不好卖。十月底到十一月中，全村都在收，"
                "菜贩子一天压一回价，最便宜的时候一斤只给三毛五，还要自己装车。家里劳力少，两口子一个割、一个码，"
                "天黑前也就收半亩。",
                "去年秋天，镇里的帮扶责任人进地头看了菜，量了棵数，把数目报到集市上：品相、斤数、什么时候能收，"
                "一样一样写清楚。第三天，第九示范中学的食堂就下了单，头一回要六百斤，第二回要一千二。"
                "车早上七点到村口，菜是当天露水干了以后割的，根削平、外叶去两层，一百斤一捆，过秤时食堂和村里各记一本。",
                "那回实收比下单少了十八斤，是路上压坏的外叶。食堂按实收的数签了字，账上也是这个数。"
                "{name}家说，少十八斤不心疼，心疼的是以前连个准数都没有。到腊月，四亩地的白菜只剩窖里自家吃的那些。",
            ),
            "以前是菜等人，现在是人等菜。数目清清楚楚，我们睡得着觉。",
            "{name}家，{town}{village}",
        ),
        Telling(
            "Forty li from the {name} family's field to the canteen",
            "Fog used to be the worst of the cabbage harvest: no truck came, and the heads lost weight by the day. "
            "This year nothing in Liuxi waited overnight.",
            (
                "The {name} family works four mu of irrigated land, half in cabbage and half in sweet potato by turns. "
                "Cabbage is easy to grow and hard to sell. From late October to mid-November the whole village harvests "
                "at once, and dealers lower the price every day; at the worst they paid 0.35 yuan a jin, loading not "
                "included. With few hands, one cuts and one stacks, and half a mu is a full day.",
                "Last autumn the town's officer walked the field, counted heads and listed what was there: how good, how "
                "much, and when it could be cut. On the third day the canteen of No. 9 Model Middle School ordered six "
                "hundred jin, and twelve hundred the next time. The truck comes to the village gate at seven. The heads "
                "are cut once the dew has dried, trimmed, tied by the hundred jin, and weighed with the canteen and the "
                "village each keeping a book.",
                "That first load was eighteen jin short: outer leaves bruised on the road. The canteen signed for what it "
                "had really received, and the ledger says the same. Eighteen jin do not hurt, the family says; what hurt "
                "was never having a figure to hold on to. By the last month of the year only the cabbages in their own "
                "cellar were left.",
            ),
            "The cabbage used to wait for people. Now people wait for the cabbage. The numbers are plain, and we sleep well.",
            "The {name} family, Liuxi Village",
        ),
    ),
    Story(
        "pagoda-trees-before-qingming",
        "guohuai",
        "槐荫村",
        31,
        Telling(
            "八百棵国槐，赶在清明前上了路",
            "苗木不像菜，放一年就粗一圈，也就多占一年地。{village}的国槐，今年等来了挖苗的人。",
            (
                "{name}家的苗圃有六亩，七年前栽下的国槐，胸径长到了七公分。苗圃里一棵挨一棵，再不移，就互相抢光，"
                "树形要长歪。可是要货的多是工程公司，一开口就是几百棵，先看规格，再看谁家的量大；小户三五十棵，"
                "人家嫌零碎，懒得拐进村。",
                "走绿色通道以后，全村十一户把苗报到一处：胸径、树高、冠幅、土球多大，一户一行。"
                "冀中绿家园的采购员头天在网上挑好，第二天只来量了一遍，就定了八百棵，由十一户分着出，"
                "{name}家出了一百一十棵。检疫证是镇里统一办的，起苗前一晚浇透水，凌晨四点开挖，草绳缠干，"
                "八点装车，赶在清明前栽到了工地上。",
                "验收那天点出四棵土球散了，退回来，当场冲了账，剩下的按棵结算。{name}家拿这笔钱，"
                "一半还了前年买苗的账，一半在空出来的地里种上了新苗。树荫还会再长起来，村名也算没有白叫。",
            ),
            "一百一十棵，听着不多，可要是没人替我们凑，这一百一十棵就得在地里再站一年。",
            "{name}家，{town}{village}",
        ),
        Telling(
            "Eight hundred pagoda trees, on the road before Qingming",
            "A sapling is not a cabbage: it grows a ring thicker every year, and takes the land for another year. "
            "This spring somebody came to dig.",
            (
                "The {name} family's nursery is six mu of pagoda trees, planted seven years ago and now seven centimetres "
                "through the trunk. They stand shoulder to shoulder; unless they are moved they steal each other's light "
                "and grow crooked. But the firms that want trees want hundreds, and ask for measures first and quantity "
                "next. For thirty or fifty of one household nobody turns off the road.",
                "By the green channel eleven households listed their trees together, a line for each: trunk, height, "
                "crown, size of the root ball. The buyer of Green Home chose on a screen, came the next day to measure "
                "once, and settled on eight hundred, shared among the eleven; the {name} family gave a hundred and ten. "
                "The town saw to the plant health certificates. The ground was soaked the night before, digging began at "
                "four, and the trucks were loaded by eight, in time to plant before Qingming.",
                "When they were counted at the other end four root balls had come apart. They went back and were taken "
                "out of the books on the spot; the rest was paid by the tree. Half of the money cleared what was owed for "
                "the seedlings, and half bought new ones for the empty rows. The shade that gave Huaiyin its name will "
                "grow again.",
            ),
            "A hundred and ten sounds like little. But unless somebody put us together, they would have stood here another year.",
            "The {name} family, Huaiyin Village",
        ),
    ),
    Story(
        "a-hundred-eggs-a-day",
        "jidan",
        "鸡鸣庄村",
        52,
        Telling(
            "一天一百个鸡蛋",
            "鸡不歇礼拜天，蛋也不歇。{name}家算过：一天卖不出一百个，第二天就得两百。",
            (
                "{name}家在屋后的槐树林里散养了一百五十只柴鸡，天亮自己出窝，吃虫、吃菜帮，傍晚敲盆就回来。"
                "蛋不大，皮有深有浅，一天捡一百个上下。赶集的日子好办，逢五逢十骑三轮去镇上，半天卖完；"
                "可集与集之间的四天，蛋就在缸里攒着，天热时最让人着急。",
                "现在每天收工后，{name}家用手机报一个数：今天捡了多少斤。报晚了、报错了也不要紧，村里会打电话来问。"
                "城里的住户买五斤、十斤，送到便民服务站；医院食堂一周要一回，五十斤起。"
                "每一筐上写着捡蛋的日子，三十天以内吃完，过了日子的自家留着，不再上架。",
                "一年下来，鸡没有多养，蛋也没有多卖贵，只是不再坏在缸里了。{name}家说，"
                "这就好比水渠修通了，水还是那些水，地却浇上了。",
            ),
            "我不图多卖两毛，图的是今天的蛋今天有去处。",
            "{name}家，{town}{village}",
        ),
        Telling(
            "A hundred eggs a day",
            "Hens take no Sundays off. The {name} family has done the sum: a hundred unsold today are two hundred tomorrow.",
            (
                "Behind the house, in a grove of pagoda trees, the {name} family keeps a hundred and fifty hens. They leave "
                "the coop at daybreak for insects and cabbage leaves and come home in the evening to the sound of a beaten "
                "basin. The eggs are small and of every shade of brown, about a hundred a day. Market days are easy: every "
                "fifth day the tricycle goes to town and by noon is empty. Between markets the eggs gather in a jar, and "
                "in the heat that is a worry.",
                "Now the day ends with a number on a phone: how many jin were gathered. Should it come late or wrong, "
                "somebody of the village rings and asks. People in the city order five or ten jin and fetch them at a "
                "service point; the hospital's canteen takes fifty or more once a week. Each crate bears its day, to be "
                "eaten within thirty; what is older stays at home.",
                "In a year the family has kept no more hens and asked no higher price. The eggs just no longer spoil in the "
                "jar. It is like a ditch dug through, they say: the same water, but now it reaches the field.",
            ),
            "I do not want two jiao more. I want today's eggs to have somewhere to go today.",
            "The {name} family, Jimingzhuang Village",
        ),
    ),
    Story(
        "pears-without-wax",
        "xuehuali",
        "梨花庄村",
        74,
        Telling(
            "没打蜡的梨",
            "{village}的雪花梨皮糙，有锈点，放到过年才最甜。它的好，要咬一口才知道。",
            (
                "梨花庄的老梨树，最老的有六十年。{name}家分到二十三棵，一年能摘五千多斤。雪花梨不娇气，"
                "可是皮上爱长锈点，个头有大有小，摆在商店里不如别处的梨光鲜。收梨的人拿个圈一套，"
                "套不进的压一等价，有锈点的再压一等，好好的梨，一半按次果卖。",
                "上了集市，{name}家把话写在前头：没打蜡，有锈点，个头不齐，窖里存着，随要随装。"
                "写得实在，反倒有人专门找来。头一个买家要了十斤，过了一个礼拜又来要三十斤，说老人咳嗽，"
                "拿它炖冰糖正好。到腊月，城里两个单位给职工发福利，订了四百箱，"
                "全村凑了两天才凑齐，谁家出了多少，账上一户一户都有。",
                "今年春天，{name}家没有像往年那样想着把老树刨掉。开花的时候，村里还来了几车看花的人，"
                "顺手把窖里最后两百斤也带走了。",
            ),
            "锈点是太阳晒的，不是毛病。跟买的人说清楚，他就不嫌。",
            "{name}家，{town}{village}",
        ),
        Telling(
            "Pears without wax",
            "The Xuehua pears of Lihuazhuang have rough, freckled skins and are sweetest at New Year. One has to bite to know.",
            (
                "The oldest of the village's pear trees are sixty. The {name} family's share is twenty-three of them, more "
                "than five thousand jin a year. The fruit is hardy, but the skin freckles and no two are of a size, so on "
                "a shop's shelf it looks poor beside pears from elsewhere. Dealers measure with a ring: what does not fit "
                "is a grade lower, what is freckled lower still, and half of a good crop goes as seconds.",
                "On the market the family put it first: not waxed, freckled, of all sizes, kept in the cellar and packed "
                "when ordered. Plain words brought people who wanted just that. The first buyer took ten jin and a week "
                "later thirty, to stew with rock sugar for an old mother's cough. In the twelfth month two works ordered "
                "four hundred boxes for their people; the village needed two days to gather them, and the ledger has what "
                "each household gave.",
                "This spring nobody spoke of felling the old trees. When they bloomed a few cars came to look, and took the "
                "last two hundred jin home from the cellar.",
            ),
            "The freckles are from the sun and no fault. Tell the buyer plainly, and he does not mind.",
            "The {name} family, Lihuazhuang Village",
        ),
    ),
    Story(
        "a-mushroom-house-in-winter",
        "pinggu",
        "菇房村",
        103,
        Telling(
            "冬天的一间菇房",
            "地冻上以后，村里的活儿就少了。{name}家的菇房里，一茬平菇正顶着水珠往外冒。",
            (
                "菇房是镇上产业项目建的，一共十六间，租给愿意学的人家，头一年不收租。{name}家租了两间，"
                "夫妻俩跟着技术员学了一个冬天：玉米芯要拌多湿，菌袋多久翻一次，通风早一个钟头、晚一个钟头，"
                "出来的菇都不一样。第一茬长得密，采了九百斤，却赶上下雪封路，眼看着开伞，只好分给了邻居。",
                "后来，他们把采收排成了表。平菇采下来只能放五天，所以先接单，再采菇：周一采的，周二到学校；"
                "周四采的，周五到医院和机关食堂。剩下的零头当天下午挂到集市上，附近几个村的人自己来取。"
                "食堂过秤，每回差个一斤半斤，都照秤上的数记，谁也不和谁争。",
                "两间菇房，一个冬天出六茬。{name}家算得很细：去掉菌袋和烧炕的柴，剩下的够孩子一年的学费和书本，"
                "还能把屋顶补一补。明年，他们打算再租一间，也教隔壁一家一起学。",
            ),
            "下雪那回白送了九百斤，我没后悔。可要是有人早说一声要，就更好了。",
            "{name}家，{town}{village}",
        ),
        Telling(
            "A mushroom house in winter",
            "Once the ground is frozen there is little work in the village. In the {name} family's sheds the next flush is "
            "pushing out, wet with drops.",
            (
                "The sheds were built by one of the town's projects: sixteen, let to whoever wants to learn, the first year "
                "free of rent. The {name} family took two and learnt for a winter: how wet to mix the maize cobs, how often "
                "to turn the bags, and that an hour's airing sooner or later makes another mushroom. The first flush came "
                "thick, nine hundred jin, just as snow closed the road. It opened before their eyes, and they gave it to "
                "the neighbours.",
                "After that they put the picking into a timetable. Oyster mushrooms keep five days, so orders come first and "
                "picking second: what is picked on Monday is at the school on Tuesday, and Thursday's at the hospital and "
                "the city offices on Friday. What is left over goes on the market in the afternoon, and people of the "
                "villages around come for it. When the scales differ by a jin, what the scales say is written down, and "
                "nobody argues.",
                "Two sheds give six flushes a winter. Less bags and firewood, that is a year of school fees and books, and "
                "mending the roof. Next year they will rent a third, and teach the family next door.",
            ),
            "I do not regret the nine hundred jin we gave away. But had somebody asked for them in time, that would have been better.",
            "The {name} family, Gufang Village",
        ),
    ),
)
