package report

// Languages are those that people read here: English, French, Arabic.
var Languages = []string{"en", "fr", "ar"}

// templateWords is what the template says. The column titles are among the
// names that package ingest knows.
type templateWords struct {
	rightToLeft                     bool
	title                           string
	sheet, plans, instructions      string // sheets
	id, name, phone, plan, amount   string // columns to fill in
	planName, operator, least, most string // columns of the plans
	phoneHelp, planHelp, amountHelp string // at most 255 characters: Excel's limit
	lines                           []string
}

var templateIn = map[string]templateWords{
	"en": {
		title: "How to fill in this payroll",
		sheet: "Payroll", plans: "Plans", instructions: "Instructions",
		id: "Employee ID", name: "Name", phone: "Phone", plan: "Plan", amount: "Amount",
		planName: "Offer", operator: "Operator", least: "From (DZD)", most: "To (DZD)",
		phoneHelp:  "Ten digits: 05, 06 or 07 and eight more, such as 0550123456. The column is text, so that the zero stays.",
		planHelp:   "Choose a plan from the list; the sheet Plans explains them. Leave it empty if the batch is run with --plan auto.",
		amountHelp: "Whole dinars, within the plan's range (sheet Plans). A plan with a fixed price needs none.",
		lines: []string{
			"One row is one top-up. Write below the header of the sheet Payroll; the order of the rows does not matter, and blank rows are skipped.",
			"Employee ID: yours, optional, once in the file. It makes the row known when the file is corrected later: a row with an ID is never paid twice in a batch, whatever else changes.",
			"Name: for people; it is carried through to the report. You may add further columns of your own.",
			"Phone: ten digits, 05, 06 or 07 and eight more. Pasted numbers without their zero are refused, with what mends them.",
			"Plan: a code of the sheet Plans, in these very letters.",
			"Amount: whole dinars within the plan's range. For a plan with one price leave it empty or write that price.",
			"Save the file as XLSX under the name of the pay period, such as payroll-2026-11.xlsx: the name becomes the batch's, and a batch is paid once.",
			"Look first: flexybatch validate payroll-2026-11.xlsx sends nothing and writes down what to mend. Then: flexybatch run payroll-2026-11.xlsx",
			"A line with the total below the rows may stay: it is known by its sum. Delete nothing of what was sent; corrections are sent with --amend.",
		},
	},
	"fr": {
		title: "Comment remplir cette feuille de recharge",
		sheet: "Paie", plans: "Offres", instructions: "Mode d'emploi",
		id: "Matricule", name: "Nom", phone: "Téléphone", plan: "Offre", amount: "Montant",
		planName: "Désignation", operator: "Opérateur", least: "De (DZD)", most: "À (DZD)",
		phoneHelp:  "Dix chiffres : 05, 06 ou 07 puis huit autres, par exemple 0550123456. La colonne est au format Texte, pour que le zéro reste.",
		planHelp:   "Choisissez une offre dans la liste ; la feuille Offres les explique. Laissez vide si le lot est lancé avec --plan auto.",
		amountHelp: "Dinars entiers, dans les limites de l'offre (feuille Offres). Une offre à prix fixe n'en demande pas.",
		lines: []string{
			"Une ligne est une recharge. Écrivez sous l'en-tête de la feuille Paie ; l'ordre des lignes est sans importance et les lignes vides sont ignorées.",
			"Matricule : le vôtre, facultatif, une seule fois dans le fichier. Il identifie la ligne quand le fichier est corrigé plus tard : une ligne qui a un matricule n'est jamais payée deux fois dans un lot, quoi qu'on y change.",
			"Nom : pour les lecteurs ; il est repris dans le rapport. Vous pouvez ajouter vos propres colonnes.",
			"Téléphone : dix chiffres, 05, 06 ou 07 puis huit autres. Un numéro collé sans son zéro est refusé, avec la correction à faire.",
			"Offre : un code de la feuille Offres, écrit exactement ainsi.",
			"Montant : dinars entiers dans les limites de l'offre. Pour une offre à prix unique, laissez vide ou écrivez ce prix.",
			"Enregistrez le fichier au format XLSX sous le nom de la période, par exemple paie-2026-11.xlsx : ce nom devient celui du lot, et un lot n'est payé qu'une fois.",
			"Vérifiez d'abord : flexybatch validate paie-2026-11.xlsx n'envoie rien et note ce qui est à corriger. Ensuite : flexybatch run paie-2026-11.xlsx",
			"Une ligne de total sous les données peut rester : elle est reconnue à sa somme. Ne supprimez rien de ce qui a été envoyé ; les corrections s'envoient avec --amend.",
		},
	},
	"ar": {
		rightToLeft: true,
		title:       "كيفية ملء هذا الجدول",
		sheet:       "الرواتب", plans: "الباقات", instructions: "تعليمات",
		id: "الرقم الوظيفي", name: "الاسم", phone: "رقم الهاتف", plan: "الباقة", amount: "المبلغ",
		planName: "التسمية", operator: "المتعامل", least: "من (دج)", most: "إلى (دج)",
		phoneHelp:  "عشرة أرقام: 05 أو 06 أو 07 ثم ثمانية أرقام، مثل 0550123456. العمود بصيغة نص حتى يبقى الصفر.",
		planHelp:   "اختر باقة من القائمة؛ ورقة الباقات تشرحها. اتركها فارغة إذا شُغّلت الدفعة مع \u200e--plan auto.",
		amountHelp: "دنانير صحيحة ضمن حدود الباقة (ورقة الباقات). الباقة ذات السعر الثابت لا تحتاج إلى مبلغ.",
		lines: []string{
			"كل سطر هو شحنة واحدة. اكتب تحت رأس ورقة الرواتب؛ ترتيب الأسطر لا يهم والأسطر الفارغة تُتجاهل.",
			"الرقم الوظيفي: رقمكم أنتم، اختياري، ويرد مرة واحدة في الملف. به يُعرف السطر إذا صُحّح الملف لاحقا: السطر الذي له رقم لا يُدفع مرتين في الدفعة نفسها مهما تغيّر غيره.",
			"الاسم: للقراءة، ويُنقل إلى التقرير. يمكنكم إضافة أعمدة أخرى.",
			"رقم الهاتف: عشرة أرقام، 05 أو 06 أو 07 ثم ثمانية أرقام. الرقم الملصوق بلا صفره يُرفض مع ذكر التصحيح.",
			"الباقة: رمز من ورقة الباقات، بالحروف نفسها.",
			"المبلغ: دنانير صحيحة ضمن حدود الباقة. للباقة ذات السعر الواحد اتركه فارغا أو اكتب ذلك السعر.",
			"احفظ الملف بصيغة XLSX باسم الفترة، مثل payroll-2026-11.xlsx: يصبح الاسم اسم الدفعة، والدفعة تُدفع مرة واحدة.",
			"افحص أولا: \u200eflexybatch validate payroll-2026-11.xlsx لا يرسل شيئا ويكتب ما يجب تصحيحه. ثم: \u200eflexybatch run payroll-2026-11.xlsx",
			"يمكن أن يبقى سطر المجموع تحت الأسطر: يُعرف من مجموعه. لا تحذف شيئا مما أُرسل؛ التصحيحات تُرسل مع \u200e--amend.",
		},
	},
}
