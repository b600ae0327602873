//! The table itself. Level 1 follows a published county list merged to 22 classes; level 2, time limits and routes
//! are proposed defaults. `urgent` marks a category whose default is the urgent clock.

use super::{Category, CategoryGroup, SlaClass};

macro_rules! groups {
    ($(
        $group:literal $zh:literal $en:literal, $sla:ident, $route_zh:literal $route_en:literal {
            $( $code:literal $name_zh:literal $name_en:literal $($urgent:ident)? ),+ $(,)?
        }
    )+) => {
        &[$(CategoryGroup {
            code: $group,
            zh: $zh,
            en: $en,
            route_zh: $route_zh,
            route_en: $route_en,
            categories: &[$(Category {
                code: concat!($group, $code),
                zh: $name_zh,
                en: $name_en,
                sla: groups!(@sla $sla $($urgent)?),
            }),+],
        }),+]
    };
    (@sla $sla:ident urgent) => { SlaClass::Urgent };
    (@sla $sla:ident) => { SlaClass::$sla };
}

/// Every class with its categories, in the order of their codes.
pub(super) const GROUPS: &[CategoryGroup] = groups! {
    "01" "治安隐患" "Public order", General, "派出所" "Police station" {
        "001" "电诈线索" "Telephone fraud",
        "003" "盗窃、打架" "Theft or fight" urgent,
        "004" "家庭暴力" "Domestic violence" urgent,
        "005" "出租屋安全、居住登记代办" "Rented home safety, residence registration",
        "006" "管制物品" "Controlled goods" urgent,
    }
    "02" "矛盾纠纷" "Disputes", Difficult, "信访超市、人民调解" "Mediation hall" {
        "001" "邻里" "Between neighbours",
        "002" "婚恋家庭" "Within a family",
        "003" "物业" "With the property company",
        "004" "劳资" "Between worker and employer",
        "005" "租赁合同" "Tenancy or contract",
        "006" "土地宅基地" "Land or homestead",
        "007" "医疗、校园" "Medical or school",
        "008" "征迁" "Expropriation and relocation",
        "009" "其他" "Other dispute",
    }
    "03" "消防安全" "Fire safety", General, "消防、物业" "Fire service, property company" {
        "001" "堵塞消防通道、车道" "Blocked fire passage or lane" urgent,
        "002" "电动车入户、飞线充电" "E-bike indoors, charging by loose cable",
        "003" "消防设施缺损" "Fire equipment missing or broken",
        "004" "违规用火用电用气" "Unsafe use of fire, power or gas" urgent,
        "005" "楼道堆物" "Things piled in the stairwell",
    }
    "04" "安全生产" "Safety at work", General, "应急办" "Emergency office" {
        "001" "燃气" "Gas" urgent,
        "002" "危化品" "Dangerous chemicals" urgent,
        "003" "工地、高处作业" "Building site, work at height",
        "004" "三合一、九小场所" "Living, storing and working under one roof; small premises",
        "005" "特种作业无证" "Special work without a licence",
    }
    "05" "城市管理" "City upkeep", General, "城管" "City management" {
        "001" "市政设施损坏（井盖、路灯、路面）" "Broken manhole, street lamp or road surface",
        "002" "占道经营" "Street trading in the way",
        "003" "暴露垃圾" "Litter",
        "004" "乱停乱放" "Bad parking",
        "005" "流浪动物" "Stray animals",
        "006" "高空抛物" "Things falling or thrown from above",
        "007" "绿化" "Trees and green",
    }
    "06" "违建治危" "Illegal and dangerous buildings", Difficult, "规建办" "Planning office" {
        "001" "违法建设" "Illegal building",
        "002" "危房、裂缝" "Dangerous house, cracks",
        "003" "违规装修、群租" "Unsafe alteration, overcrowded letting",
    }
    "07" "困难救助" "Help in hardship", General, "民政" "Civil affairs" {
        "001" "独居、失能老人" "Elderly living alone or unable to care for themselves",
        "002" "困境儿童" "Child in difficulty",
        "003" "残疾人" "Person with a disability",
        "004" "低保、临时救助" "Minimum allowance, temporary relief",
        "005" "突发变故" "Sudden misfortune" urgent,
        "006" "流浪乞讨" "Homelessness",
    }
    "08" "卫生健康" "Health", General, "卫生院、家医" "Health centre, family doctor" {
        "001" "就医、用药求助" "Help with doctor or medicine",
        "002" "传染病线索" "Infectious disease" urgent,
        "003" "疫苗、家庭医生" "Vaccination, family doctor",
        "004" "精神障碍发病" "Mental health emergency" urgent,
        "005" "非法行医" "Illegal medical practice",
    }
    "09" "诉求代办" "Requests passed on", Difficult, "信访超市" "Mediation hall" {
        "001" "个人诉求代转" "One person's request passed on",
        "002" "多户共同诉求" "Shared request of several households",
        "003" "答复催问" "Asking after an answer",
    }
    "10" "自然灾害" "Natural disaster", Urgent, "应急" "Emergency service" {
        "001" "内涝" "Flooded streets" urgent,
        "002" "滑坡、塌陷" "Landslide, sinkhole" urgent,
        "003" "台风倒伏" "Blown down by a typhoon" urgent,
        "004" "森林火情" "Forest fire" urgent,
        "005" "房屋倒塌" "Collapsed house" urgent,
    }
    "11" "生态环境" "Environment", General, "环保" "Environment office" {
        "001" "噪声" "Noise",
        "002" "油烟异味" "Fumes and smells",
        "003" "污水" "Sewage",
        "004" "扬尘、焚烧" "Dust, burning",
        "005" "河道" "Rivers and channels",
    }
    "12" "食药安全" "Food and medicine", General, "市监" "Market supervision" {
        "001" "食品" "Food",
        "002" "药品、保健品" "Medicine, health products",
    }
    "13" "市场监管" "Market", General, "市监" "Market supervision" {
        "001" "假冒、无证" "Counterfeit, unlicensed",
        "002" "虚假广告、传销" "False advertising, pyramid selling",
        "003" "电梯等特种设备" "Lifts and other special equipment",
    }
    "14" "交通安全" "Traffic", General, "交警" "Traffic police" {
        "001" "道路隐患" "Road hazard",
        "002" "事故" "Accident" urgent,
        "003" "僵尸车" "Abandoned car",
    }
    "15" "金融风险" "Financial risk", Difficult, "金融办" "Finance office" {
        "001" "非法集资" "Illegal fund-raising",
        "002" "套路贷" "Loan trap",
    }
    "16" "文教体育" "Culture, education, sport", Difficult, "文教" "Culture and education" {
        "001" "非法办学、托管" "Unlicensed school or day care",
        "002" "设施损坏" "Broken facilities",
    }
    "17" "老龄优抚" "Elderly people, veterans", Difficult, "民政、退役站" "Civil affairs, veterans' station" {
        "001" "侵害老人权益" "Elderly people's rights violated",
        "002" "退役军人事务" "Veterans' affairs",
        "003" "殡葬" "Funerals",
    }
    "18" "农林水利" "Farming, forests, water", Difficult, "农办" "Agriculture office" {
        "001" "动植物疫情" "Animal or plant disease",
        "002" "侵占河道" "Encroachment on a river",
        "003" "耕地" "Farmland",
    }
    "19" "物业服务" "Property service", General, "物业、住建" "Property company, housing office" {
        "001" "停水停电" "Water or power cut",
        "002" "电梯" "Lift",
        "003" "保洁保安" "Cleaning and guards",
        "004" "停车" "Parking",
        "005" "渗漏" "Leaks",
    }
    "20" "政策咨询代办" "Advice and errands", General, "党群服务中心" "Service centre" {
        "001" "社保医保" "Social and health insurance",
        "002" "户籍居住证" "Household register, residence permit",
        "003" "就业" "Employment",
        "004" "证明" "Certificates",
    }
    "21" "意见建议" "Opinions", Difficult, "社区" "Community" {
        "001" "建议" "Suggestion",
        "002" "表扬" "Praise",
    }
    "99" "其他" "Other", Difficult, "社区" "Community" {
        "001" "其他" "Other",
    }
};
