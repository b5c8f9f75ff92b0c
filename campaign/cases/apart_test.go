package cases_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
	"headsup/letter"
)

// TestWhatIsKeptApartIsAnsweredByPeopleAlone has the police, a hotline and a
// lawyer write, each of them a reporter whom the settings know.
func TestWhatIsKeptApartIsAnsweredByPeopleAlone(t *testing.T) {
	d, _ := desk(t, `answer = "send"`)
	d.Settings.ISP.Reporter = append(d.Settings.ISP.Reporter, "police.example", "hotline.example")
	stamp, ctx := hour(2).Format(time.DateTime), t.Context()
	police := message("kripo@police.example", "Auskunftsersuchen", "Staatsanwaltschaft: wir bitten um Auskunft, wer die IP 192.0.2.10 am "+stamp+" UTC nutzte.", "")
	hotline := message("report@hotline.example", "Report 77", "Child sexual abuse material\nIP address: 192.0.2.10\nTime: "+stamp+" UTC", "")
	take(t, d, police, hotline)
	must(t, d.Compose(ctx, time.Now()))
	must(t, d.Answer(ctx, time.Now()))
	if all := letters(t, d); len(all) != 0 {
		t.Fatalf("the program wrote %v", piles(all))
	}
	for _, id := range []string{cases.CaseID(police), cases.CaseID(hotline)} {
		if _, err := d.Is(ctx, id, "ann", "192.0.2.10", "", hour(2).Format(time.RFC3339)); !errors.Is(err, ledger.ErrApart) {
			t.Errorf("a person forwards %s: %v", id, err)
		}
	}
	if _, err := d.AnswerWith(ctx, cases.CaseID(hotline), "ann", "Thank you.", time.Now()); !errors.Is(err, ledger.ErrApart) {
		t.Errorf("an answer to what is secret: %v", err)
	}
	got, err := d.AnswerWith(ctx, cases.CaseID(police), "ann", "Please send it to our legal department.", time.Now())
	must(t, err)
	if got.Place != ledger.KeptRestrict || !strings.Contains(letters(t, d)["answer "+cases.CaseID(police)], "legal department") {
		t.Errorf("a person's answer: %+v, %v", got, piles(letters(t, d)))
	}
	for e, err := range d.Ledger.Letters(ctx, ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		if e.State != letter.Drafted {
			t.Errorf("the answer is %s before anybody approved it", e.State)
		}
	}
}

func TestAReporterIsAnsweredInAKnownLanguageOnly(t *testing.T) {
	d, _ := desk(t, "")
	for _, c := range []struct{ want, text string }{
		{"en", "We have seen attacks from the address 192.0.2.10 of your network and ask you to stop this."},
		{"de", "Von der Adresse 192.0.2.10 aus Ihrem Netz wurde unser Server angegriffen, und das ist nicht erlaubt."},
		{"fr", "Nous avons constaté une attaque depuis l'adresse 192.0.2.10 de votre réseau, et vous prions de la faire cesser."},
		{"es", "Hemos detectado una intrusión desde la dirección 192.0.2.10 y los ataques continúan, por lo que es necesario que actúen."},
		{"pt-PT", "Recebemos mensagens de spam do endereço 192.0.2.10 da vossa rede e pedimos que sejam tomadas as providências para os bloquear."},
		{"it", "Abbiamo rilevato che il vostro indirizzo 192.0.2.10 è una fonte di attacchi e vi chiediamo di intervenire per la rete."},
		{"nl", "Wij hebben een aanval van het adres 192.0.2.10 op uw netwerk gezien en vragen u om het te stoppen."},
		{"pt-BR", "Nos registros do nosso servidor há tentativas de senha do endereço 192.0.2.10 e pedimos que você bloqueie o usuário."},
		{"hu", "A 192.0.2.10 címről támadás érkezik az Önök hálózatából a kiszolgálónkra, és kérjük, hogy ezt szüntessék meg."},
		{"ro", "De la adresa 192.0.2.10 din rețeaua dumneavoastră sunt atacuri pe serverul nostru și vă rugăm să le opriți."},
		{"lt", "Iš adreso 192.0.2.10 jūsų tinkle yra atakuojamas mūsų serveris ir prašome tai sustabdyti."},
		{"lv", "No adreses 192.0.2.10 jūsu tīkla ir uzbrukumi mūsu serverim, un lūdzam tos pārtraukt."},
		{"ar", "رصدنا هجمات من العنوان 192.0.2.10 في شبكتكم ونرجو منكم إيقافها في أقرب وقت ممكن."},
		{"fa", "از نشانی 192.0.2.10 در شبکهٔ شما حمله\u200cهایی دیده\u200cایم و خواهش می\u200cکنیم جلوی آن گرفته شود."},
		{"ur", "ہم نے آپ کے نیٹ ورک کے پتے 192.0.2.10 سے حملے دیکھے ہیں اور گزارش کرتے ہیں کہ انہیں روکا جائے۔"},
		{"bn", "আমরা আপনাদের নেটওয়ার্কের ঠিকানা 192.0.2.10 থেকে আক্রমণ দেখেছি এবং তা বন্ধ করার অনুরোধ করছি।"},
		{"pl", "Z adresu 192.0.2.10 w Państwa sieci nasz serwer jest atakowany i prosimy o podjęcie działań."},
		{"cs", "Z adresy 192.0.2.10 ve vaší síti jsme zaznamenali útoky na náš server a prosíme o nápravu."},
		{"hr", "S adrese 192.0.2.10 u vašoj mreži vidimo napade na naš poslužitelj i molimo da se zaustave."},
		{"sl", "Z naslova 192.0.2.10 v vašem omrežju vidimo napade na naš strežnik in prosimo, da se ustavijo."},
		{"sr-Cyrl", "Са адресе 192.0.2.10 у вашој мрежи видимо нападе на наш сервер и молимо да се зауставе."},
		{"id", "Dari alamat 192.0.2.10 di jaringan Anda kami melihat serangan terhadap server kami dan mohon agar dihentikan."},
		{"ms", "Dari alamat 192.0.2.10 dalam rangkaian anda kami melihat serangan terhadap pelayan kami; sila hentikan serangan ini."},
		{"sq", "Nga adresa 192.0.2.10 në rrjetin tuaj kemi parë sulme ndaj serverit tonë dhe ju lutemi t’i ndaloni."},
		{"sr-Latn", "Sa adrese 192.0.2.10 u vašoj mreži vidimo napade na naš server i molimo da se zaustave."},
		{"ru", "С адреса 192.0.2.10 из вашей сети мы видим атаки на наш сервер и просим это прекратить."},
		{"uk", "З адреси 192.0.2.10 із вашої мережі ми бачимо атаки на наш сервер і просимо це припинити."},
		{"bg", "От адрес 192.0.2.10 във вашата мрежа виждаме атаки към нашия сървър и молим да се спрат."},
		{"mk", "Од адресата 192.0.2.10 во вашата мрежа гледаме напади на нашиот сервер и ве молиме да ги запрете."},
		{"be", "З адраса 192.0.2.10 у вашай сетцы мы бачым атакі на наш сервер і просім гэта спыніць, што важна для нас."},
		{"el", "Από τη διεύθυνση 192.0.2.10 του δικτύου σας είδαμε επιθέσεις στο σύστημά μας και παρακαλούμε να σταματήσουν."},
		{"da", "Vi har set angreb fra adressen 192.0.2.10 i jeres netværk og beder om at det bliver stoppet."},
		{"nb", "Vi har sett angrep fra adressen 192.0.2.10 i deres nettverk og ber om at det blir stanset."},
		{"sv", "Vi har sett angrepp från adressen 192.0.2.10 i ert nätverk och ber er att stoppa det."},
		{"lv", "Mēs redzējām uzbrukumus no adreses 192.0.2.10 jūsu tīkla robežās un lūdzam tos pārtraukt."},
		{"fi", "Olemme havainneet hyökkäyksiä osoitteesta 192.0.2.10 teidän verkosta ja pyydämme, että ne lopetetaan."},
		{"is", "Við höfum séð árásir frá vistfanginu 192.0.2.10 í ykkar neti og biðjum um að þetta verði stöðvað."},
		{"tr", "Ağınızdaki 192.0.2.10 adresinden sunucumuza saldırılar gördük ve bu durumun durdurulmasını rica ederiz."},
		{"zh-Hans", "我们发现贵公司网络中的地址 192.0.2.10 攻击我们的服务器，请尽快处理。"},
		{"zh-Hant", "我們發現貴公司網路中的位址 192.0.2.10 攻擊我們的伺服器，請儘快處理。"},
		{"ko", "귀사 네트워크의 주소 192.0.2.10에서 저희 서버에 대한 공격이 확인되어 조치를 요청합니다."},
		{"he", "ראינו התקפות מהכתובת 192.0.2.10 ברשת שלכם על השרת שלנו, ואנו מבקשים להפסיק זאת."},
		{"vi", "Chúng tôi ghi nhận các cuộc tấn công từ địa chỉ 192.0.2.10 trong mạng của quý vị và đề nghị xử lý."},
		{"th", "เราพบการโจมตีเซิร์ฟเวอร์ของเราจากที่อยู่ 192.0.2.10 ในเครือข่ายของท่าน โปรดดำเนินการ"},
		{"hi", "हमने आपके नेटवर्क के पते 192.0.2.10 से अपने सर्वर पर हमले देखे हैं, कृपया इसे रोकें।"},
		{"", "आपल्या नेटवर्कमधील 192.0.2.10 या पत्त्यावरून आमच्या सर्व्हरवर हल्ले होत आहेत, कृपया ते थांबवा."},
		{"ta", "உங்கள் வலையமைப்பில் உள்ள 192.0.2.10 முகவரியிலிருந்து எங்கள் சேவையகத்தின் மீது தாக்குதல்கள் வருகின்றன."},
		{"", "192.0.2.10"},
	} {
		if !slices.Contains(d.Rules.Translations, c.want) {
			c.want = "" // nobody has written answers in it yet
		}
		if got := d.Read(cases.Message{Text: message("soc@reporter.example", "192.0.2.10", c.text, "")}); got.Language != c.want {
			t.Errorf("%q: %q, want %q", c.text, got.Language, c.want)
		}
	}
}

// TestOfWhatIsKeptApartTheHouseIsToldOnceAndNothingOfIt reads reports whose every
// word is a marker, and searches each message that tells of them.
func TestOfWhatIsKeptApartTheHouseIsToldOnceAndNothingOfIt(t *testing.T) {
	d, told := desk(t, "[isp.tell]\nsecret = \"duty@isp26.example\"\nrestricted = \"legal@isp26.example\"\na_day = 3\n")
	stamp, ctx := hour(2).Format(time.DateTime), t.Context()
	hotline := message("report@hotline.example", "MARK-SUBJECT", "Child sexual abuse material at http://mark-url.example/\nIP address: 192.0.2.10\nTime: "+stamp+" UTC", "")
	police := message("kripo@police.example", "MARK-SUBJECT Auskunftsersuchen", "Staatsanwaltschaft: wir bitten um Auskunft, wer die IP 192.0.2.10 am "+stamp+" UTC nutzte. MARK-BODY", "")
	take(t, d, hotline, police, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2), 44022), ""))
	for range 2 {
		must(t, d.Alert(ctx, time.Now()))
	}
	all := letters(t, d)
	for _, c := range []struct {
		mail         []byte
		to, from, as string
	}{{hotline, "duty@isp26.example", "report@hotline.example", "secret"}, {police, "legal@isp26.example", "kripo@police.example", "restricted"}} {
		id := cases.CaseID(c.mail)
		text := all["alert "+id]
		for _, want := range []string{c.to, c.from, id, time.Now().UTC().Format("2006-01-02 ")} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", c.as, want, text)
			}
		}
		for _, not := range []string{"MARK-", "mark-url", "192.0.2.10", stamp, "4711", "Auskunft", "exual", "anna@", "In-Reply-To", "mail.example>"} {
			if strings.Contains(strings.ReplaceAll(text, "abuse@isp26.example", ""), not) {
				t.Errorf("%s: %q in\n%s", c.as, not, text)
			}
		}
		if n := strings.Count(text, "Message-ID:"); n != 1 {
			t.Errorf("%s: told %d times", c.as, n)
		}
	}
	if len(all) != 2 {
		t.Errorf("letters %v", piles(all))
	}
	for e, err := range d.Ledger.Letters(ctx, ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		if e.State != letter.Approved {
			t.Errorf("%s is %s: who approves it?", e.ID, e.State)
		}
	}
	*told = nil
	take(t, d, message("a@police.example", "Auskunftsersuchen", "Staatsanwaltschaft: wir bitten um Auskunft, wer die IP 192.0.2.11 am "+stamp+" UTC nutzte.", ""),
		message("b@police.example", "Auskunftsersuchen", "Staatsanwaltschaft: wir bitten um Auskunft, wer die IP 192.0.2.12 am "+stamp+" UTC nutzte.", ""))
	must(t, d.Alert(ctx, time.Now()))
	if all = letters(t, d); len(all) != 3 {
		t.Errorf("a day has three: %v", piles(all))
	}
	if last, ok := (*told)[len(*told)-1].(cases.Untold); !ok || last.Queue != "restricted" || last.Most != 3 {
		t.Errorf("what is left for tomorrow is not said: %+v", *told)
	}
}

func TestNobodyIsToldWhomTheSettingsDoNotName(t *testing.T) {
	d, _ := desk(t, "[isp.tell]\nrestricted = \"legal@isp26.example\"\n")
	take(t, d, message("report@hotline.example", "Report", "Child sexual abuse material\nIP address: 192.0.2.10", ""))
	must(t, d.Alert(t.Context(), time.Now()))
	if all := letters(t, d); len(all) != 0 {
		t.Errorf("%v", piles(all))
	}
}
