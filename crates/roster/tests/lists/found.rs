//! What was found by feeding the program lists that nobody had thought of: each is a kind.

use super::support::{read_book, read_text, write_rows};

const ID: [&str; 3] = ["990101195001010002", "990101195102020015", "990101195203030028"];

#[test]
fn any_section_above_homes_keeps_them_apart() {
    for (one, other) in [
        ("1组", "2组"),
        ("海棠花园", "玉兰苑"),
        ("阳光100", "阳光101"),
        ("海棠一期", "海棠二期"),
        ("东区", "西区"),
        ("甲单元", "乙单元"),
        ("东单元", "西单元"),
        ("3栋东单元", "3栋西单元"),
        ("海棠花园3幢甲单元", "海棠花园3幢乙单元"),
        ("1#", "2#"),
        ("88弄", "89弄"),
        ("甲栋", "乙栋"),
        ("1层", "2层"),
        ("1排", "2排"),
        ("南院", "北院"),
        ("1梯", "2梯"),
        ("1门", "2门"),
        ("1号楼一门", "1号楼二门"),
        ("【1栋】", "【2栋】"),
    ] {
        for header in ["房号,姓名", "序号,房号,姓名", "姓名,房号"] {
            let cells = |room: &str, name: &str| {
                let cell = |title: &str| match title {
                    "房号" => room.to_owned(),
                    "姓名" => name.to_owned(),
                    _ => String::new(),
                };
                header.split(',').map(cell).collect::<Vec<_>>().join(",")
            };
            let seen =
                read_text(&format!("{header}\n{one}\n{}\n{other}\n{}\n", cells("101", "甲一"), cells("101", "乙一")));
            seen.assert_apart(&["甲一"], &["乙一"]);
            seen.assert_accounted([3, 5]);
            assert!(seen.roster().counts.households <= 2, "{header} {one}\n{}", seen.describe());
        }
    }
}

#[test]
fn titles_over_tables_side_by_side_are_each_its_tables() {
    let seen = read_text("1栋,,2栋,\n房号,姓名,房号,姓名\n101,甲一,101,乙一\n102,甲二,102,乙二\n");
    seen.assert_homes(&["|1||101: 甲一", "|1||102: 甲二", "|2||101: 乙一", "|2||102: 乙二"]);
    let seen = read_text("房号,姓名,房号,姓名\n1栋,,2栋,\n101,甲一,101,乙一\n");
    seen.assert_homes(&["|1||101: 甲一", "|2||101: 乙一"]);
}

#[test]
fn a_right_table_goes_on_where_the_left_has_ended() {
    let seen =
        read_text("楼栋,房号,姓名,楼栋,房号,姓名\n1栋,101,甲一,2栋,101,乙一\n,,,2栋,102,王景\n,,,2栋,103,丁四\n");
    seen.assert_homes(&["|1||101: 甲一", "|2||101: 乙一", "|2||102: 王景", "|2||103: 丁四"]);
}

#[test]
fn every_column_that_says_where_counts() {
    for text in [
        "地址,楼栋,房号,姓名\n幸福路88号,1栋,101,甲一\n幸福路90号,1栋,101,乙一\n",
        "地址,房号,姓名\n幸福路88号,101,甲一\n幸福路90号,101,乙一\n",
        "小区,门牌号,楼栋,房号,姓名\n海棠园,88号,1栋,101,甲一\n海棠园,90号,1栋,101,乙一\n",
        "宿舍,寝室,姓名\n1号宿舍,301,甲一\n2号宿舍,301,乙一\n",
        "期,楼栋,房号,姓名\n一期,1栋,101,甲一\n二期,1栋,101,乙一\n",
        "门洞,房号,姓名\n1,101,甲一\n2,101,乙一\n",
        "楼栋,户号,姓名\n1栋,101,甲一\n1栋,102,乙一\n",
        "村,组,门牌号,姓名\n上河村,3组,12,甲一\n上河村,,12,乙一\n",
    ] {
        let seen = read_text(text);
        seen.assert_apart(&["甲一"], &["乙一"]);
        seen.assert_accounted([2, 3]);
    }
}

#[test]
fn an_address_of_their_own_is_not_the_one_above() {
    let seen = read_text("姓名,户籍地址,现住址\n甲一,某县5组8号,海棠园1栋1单元101\n乙一,某县6组9号,\n");
    seen.assert_apart(&["甲一"], &["乙一"]);
}

#[test]
fn numbers_are_those_of_whoever_the_columns_before_name() {
    let seen = read_text(&format!("房号,户主,身份证号,家庭成员\n101,甲一,{},甲二\n", ID[0]));
    seen.assert_number("甲一", ID[0]);
    seen.assert_number("甲二", "");
    let seen =
        read_text("房号,户主,电话,成员,电话,成员,电话\n101,甲一,19900000001,甲二,19900000002,甲三,19900000003\n");
    seen.assert_tels("甲一", &["19900000001"]);
    seen.assert_tels("甲二", &["19900000002"]);
    seen.assert_tels("甲三", &["19900000003"]);
    for text in [
        format!("房号,业主,身份证号,联系电话,居住人姓名\n101,甲一,{},19900000001,乙一\n", ID[0]),
        "房号,填报人,联系电话,姓名\n101,甲一,19900000001,乙一\n".to_owned(),
        "房号,姓名,监护人姓名,电话\n101,乙一,甲一,19900000001\n".to_owned(),
        "房号,姓名,,,,姓名,电话\n101,乙一,,,,甲一,19900000001\n".to_owned(),
    ] {
        let seen = read_text(&text);
        seen.assert_number("乙一", "");
        seen.assert_tels("乙一", &[]);
        assert!(seen.find_all("甲一").is_empty(), "{text}\n{}", seen.describe());
    }
    let seen = read_text(&format!(
        "房号,房东,身份证号,电话,租客姓名,身份证号,电话\n101,甲一,{},19900000001,乙一,{},19900000002\n",
        ID[0], ID[1]
    ));
    seen.assert_number("乙一", ID[1]);
    seen.assert_tels("乙一", &["19900000002"]);
}

#[test]
fn a_section_right_below_the_header_is_no_part_of_it() {
    for section in ["甲单元", "东单元", "本栋"] {
        let seen = read_text(&format!("序号,房号,姓名\n{section}\n1,101,甲一\n2,101,甲二\n3,102,乙一\n"));
        assert_eq!(seen.roster().counts.households, 2, "{section}\n{}", seen.describe());
    }
}

#[test]
fn sheets_that_are_named_by_what_they_list_are_of_one_place() {
    let seen = read_book(|workbook| {
        let heads = workbook.add_worksheet().set_name("户主").expect("a name");
        write_rows(heads, 1, "楼栋,房号,姓名,与户主关系\n1栋,101,甲一,户主");
        let members = workbook.add_worksheet().set_name("家庭成员").expect("a name");
        write_rows(members, 1, "楼栋,房号,姓名,与户主关系\n1栋,101,甲二,配偶");
    });
    seen.assert_homes(&["|1||101: 甲一,甲二"]);
}

#[test]
fn rooms_that_begin_again_without_a_building_are_not_the_first_ones() {
    let seen = read_text("1栋、2栋住户名单,\n房号,姓名\n101,甲一\n102,甲二\n101,乙一\n102,乙二\n");
    seen.assert_apart(&["甲一", "甲二"], &["乙一", "乙二"]);
    seen.assert_accounted(3..=6);
}

#[test]
fn a_number_that_counts_homes_begins_one() {
    let seen = read_text("户序,楼栋,房号,姓名\n1,1栋,101,甲一\n,,,甲二\n,,,甲三\n2,,,乙一\n,,,乙二\n");
    seen.assert_apart(&["甲一", "甲二", "甲三"], &["乙一", "乙二"]);
    seen.assert_accounted(2..=6);
}

#[test]
fn a_column_of_reasons_hides_no_section() {
    let seen = read_text("房号,姓名,原因\n1栋,,分段的标题行\n101,甲一,\n2栋,,分段的标题行\n101,乙一,没有证件号码\n");
    seen.assert_homes(&["|1||101: 甲一", "|2||101: 乙一"]);
}
