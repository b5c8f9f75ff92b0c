package cases

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"headsup/ledger"
)

// OwnLetter returns the letter of the campaign that a message answers or
// returns, by its keyed part, or "".
func (d *Desk) OwnLetter(text []byte) string { return ownLetter(d.Rules, text) }

// The words for what a customer says.
const (
	SaysFixed = "fixed"
	SaysHelp  = "help"
	SaysNotMe = "not me"
	SaysElse  = "something else"
)

// says are phrases by what they mean, in the languages of the letters. What
// asks for help comes first, and what denies before what affirms: "not fixed" is
// no "fixed".
var says = []struct {
	what    string
	phrases []string
}{
	{SaysHelp, []string{"help", "hilfe", "aide", "aider", "ayuda", "ayúdeme", "支援", "助けて", "手伝", "مساعدة", "کمک", "برطرف نشد", "مدد", "ٹھیک نہیں", "সাহায্য", "সহায়তা", "ঠিক হয়নি", "not fixed", "nicht behoben", "pas réglé", "no está arreglado"}},
	{SaysNotMe, []string{"not me", "wasn't me", "was not me", "not mine", "nicht ich", "ich war es nicht", "war ich nicht", "nicht von mir", "pas moi", "ce n’était pas moi", "no fui yo", "no he sido yo", "自分ではない", "私ではありません", "私ではない", "身に覚え", "لم يكن مني", "لست أنا", "ليس أنا", "کار من نبود", "کار ما نبود", "من نبودم", "ما نبودیم",
		"میں نے نہیں", "ہم نے نہیں", "میرا کام نہیں", "ہمارا کام نہیں", "আমার কাজ নয়", "আমাদের কাজ নয়", "আমি করিনি", "আমরা করিনি", "আমি নই", "আমরা নই"}},
	{SaysFixed, []string{"fixed", "resolved", "solved", "done", "removed", "cleaned", "behoben", "erledigt", "gelöst", "entfernt", "réglé", "résolu", "corrigé", "arreglado", "resuelto", "solucionado", "解決", "対応済", "完了", "عولج", "تم الحل", "تم الإصلاح", "برطرف شد", "برطرف کرد", "رفع شد", "حل شد",
		"ٹھیک ہو گیا", "ٹھیک ہوگیا", "ٹھیک کر دیا", "حل ہو گیا", "ঠিক হয়েছে", "ঠিক করেছি", "ঠিক করা হয়েছে", "সমাধান হয়েছে", "সমাধান করা হয়েছে"}},
}

// Means says what a customer's answer comes to. Where it says more than one
// thing, or none of them, a person has to read it.
func Means(text string) string {
	var own []string
	for line := range strings.Lines(text) {
		if l := strings.TrimSpace(line); !strings.HasPrefix(l, ">") {
			own = append(own, l)
		}
	}
	low := " " + strings.ToLower(norm.NFC.String(strings.ReplaceAll(strings.Join(own, " "), "'", "’"))) + " "
	found := SaysElse
	for _, s := range says {
		for _, p := range s.phrases {
			p = strings.ReplaceAll(p, "'", "’")
			if !strings.Contains(low, p) {
				continue
			}
			if found != SaysElse && found != s.what {
				if found == SaysHelp { // whoever asks for help gets it
					return SaysHelp
				}
				return SaysElse
			}
			found = s.what
		}
	}
	return found
}

// CustomerSays notes with each report that a letter tells what its customer
// answered. Where that is not "fixed", the notes say that a person has to read
// the answer. It returns no words for a letter that tells of no report, such as
// an answer to a reporter.
func CustomerSays(ctx context.Context, cs ledger.Cases, id, text string) (Said, error) {
	ids, err := cs.OfLetter(ctx, id)
	if err != nil || len(ids) == 0 {
		return Said{}, err
	}
	said := Said{Letter: id, What: Means(text)}
	for _, c := range ids {
		if err := cs.Log(ctx, ledger.CaseEvent{Case: c, By: "customer", What: "customer says", Text: said.What}); err != nil {
			return Said{}, err
		}
	}
	return said, nil
}

// Said is what a customer answered to a letter. Its JSON names are settled.
type Said struct {
	Letter string `json:"letter"`
	What   string `json:"says"`
}

func (Said) event() {}
