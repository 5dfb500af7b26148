"""The functions of mapping.py and the methods of adapter.py, composed from a choice of operations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from banyan.scaffold.asked import Method, Parameter, in_model
from banyan.scaffold.composed import Composed, Function, PortMethod, attributes, parameters_of, signature
from banyan.scaffold.fields import FAIR, TEXT, Line, lines, literal, sources, todo
from banyan.scaffold.guess import LOOK_UPS, lone_rows, rows, work_rows
from banyan.scaffold.pages import paged
from banyan.scaffold.paths import certain, inside, reached
from banyan.scaffold.refusals import reading, settled
from banyan.scaffold.requests import (
    SESSION,
    ask,
    blank,
    logins,
    opening,
    outcome_code,
    session_parts,
    shared,
    taken,
    told,
    unasked,
)
from banyan.scaffold.words import alike, snake, split
from banyan.scaffold.works import told_again
from banyan.soap.survey import Operation, Part, Survey
from contracts.model import OrderState, Receipt


def compose(asked: Sequence[Method], serves: Mapping[str, str], survey: Survey, auth: str = "none") -> Composed:
    """`serves`: method -> operation. A required method without one is left to do; an optional one is left out."""
    return _Composer(serves, survey, auth).compose(asked)


class _Composer:
    def __init__(self, serves: Mapping[str, str], survey: Survey, auth: str) -> None:
        self._session = auth == "session"
        self._serves = serves
        self._operations = survey.operations
        self._made = Composed()
        self._makers: dict[tuple[str, str], str] = {}
        self._common: tuple[Part, ...] = ()
        self._numbers: frozenset[str] = frozenset()
        """Parts by which the system's own number of a piece of work is known again."""
        self._references: frozenset[str] = frozenset()
        """Parts of requests that carry our reference."""

    def compose(self, asked: Sequence[Method]) -> Composed:
        made = self._made
        self._common = self._shared(asked)
        self._numbers = told_again(asked, {name: self._operations[each] for name, each in self._serves.items()})
        said = tuple(part for part in self._common if not self._carried(part))
        if said:
            told_ = "What every operation here wants to be told."
            made.common = self._configured("common", told_, unasked(said, "every request"))
        self._header()
        if self._session:
            self._login()
        for method in asked:
            if method.name in self._serves:
                self._serve(method, self._operations[self._serves[method.name]])
            elif method.capability is None:
                self._unserved(method)
        return made

    def _shared(self, asked: Sequence[Method]) -> tuple[Part, ...]:
        """What every request must say and no method brings."""
        served = [
            (method, self._operations[self._serves[method.name]]) for method in asked if method.name in self._serves
        ]
        asks = [ask(method, operation, self._carried_by(operation)) for method, operation in served]
        brought = {name for each in asks for name in each.filled}
        self._references = frozenset(
            part for each in asks for said, part in each.placed.items() if said.endswith(".reference")
        )
        return tuple(part for part in shared(operation for _, operation in served) if part.name not in brought)

    def _header(self) -> None:
        operation = next((op for name in self._serves.values() if (op := self._operations[name]).headers), None)
        if operation is None:
            return
        required = [part for part in operation.headers if part.required and not self._carried(part)]
        if required:
            body = ", ".join(f'"{part.name}": {blank(part, "header")}' for part in required)
            self._made.header = self._configured("header", "The parts of the SOAP header, by name.", f"{{{body}}}")

    def _configured(self, name: str, doc: str, expression: str) -> str:
        """A function of mapping.py whose values differ between installations; the expression that calls it."""
        if "config." not in expression:
            expression = expression.replace('")', '", config)', 1)
        given = "config" in expression
        self._made.functions.append(
            Function(name, "config: Config" if given else "", "Record", doc, [f"return {expression}"])
        )
        self._made.mapping_names |= {word for word in ("todo", "needed") if f"{word}(" in expression}
        return f"mapping.{name}({'self._config' if given else ''})"

    def _carried(self, part: Part) -> bool:
        """Whether a session fills this part."""
        return self._session and bool(SESSION & set(split(part.name)))

    def _carried_by(self, operation: Operation) -> tuple[Part, ...]:
        return tuple(part for part in operation.asks.parts if self._carried(part))

    def _login(self) -> None:
        """The operation that opens a session, and where its answer goes."""
        opens = logins(self._operations.values())
        carried = session_parts(self._operations[name] for name in self._serves.values())
        if not opens or not carried:
            return
        login = self._made.login = opens[0]
        asks, answers = (f"{login.local}: {told(part)}." for part in (login.asks, login.answers))
        self._configured("login", f"For {asks}", opening(login))
        texts = [path for path in login.answers.leaves() if not any(part.repeats for part in path)]
        named = [path for path in texts if SESSION & set(split(path[-1].name))]
        token = texts[0] if len(texts) == 1 else next(iter(named), ())
        value = "body" + "".join(f'["{part.name}"]' for part in token)
        if not token:
            value = f"{todo(f'{login.local}: which part is the session?')[:-1]}, body)"
            self._made.mapping_names.add("todo")
        if carried[0].complex:
            value = f'{{"{next((part.name for part in carried[0].parts if not part.complex), "")}": {value}}}'
        body = [f'return {{"{carried[0].name}": {value}}}  # guessed']
        self._function(
            Function("session", "body: Record", "Record", f"What each call carries, from {answers}", body), []
        )

    def _unserved(self, method: Method) -> None:
        at_hand = ", ".join(["call", *(each.name for each in method.parameters)])
        text = literal(f"{method.port}.{method.name}: which operation answers it?")
        self._made.methods.append(
            PortMethod(method.name, signature(method), method.returns, [f"return todo({text}, {at_hand})"])
        )
        self._made.adapter_words |= method.words | {"todo"}

    def _serve(self, method: Method, operation: Operation) -> None:
        asked = ask(method, operation, (*self._common, *self._carried_by(operation)))
        self._made.keys[method.name] = asked
        idle = [each for each in method.parameters if each.name not in asked.used and not self._elsewhere(method, each)]
        parameters = [each for each in method.parameters if each.name in asked.used or each in idle]
        doc = f"For {operation.local}: {taken(operation.asks)}."
        if "todo(" in asked.expression and not idle:
            # What answers the question may lie in what the method was told and nothing has used yet.
            more = [each for each in method.parameters if each not in parameters and not each.window]
            parameters += more
            at_hand = "".join(f", {each.name}" for each in more)
            before, rest = asked.expression.split('todo("', 1)
            text, after = rest.split('")', 1)
            asked.expression = f'{before}todo("{text}"{at_hand}){after}'
        body = [f"return {asked.expression}"]
        if method.semantics != "read" and method.receipt and ".reference" not in asked.expression:
            body[0] += "  # guessed: no part of it is for our reference, by which it could be found again"
        if idle:
            what = f"{operation.local}: what becomes of {', '.join(each.name for each in idle)}?"
            body = [f"return {todo(what)[:-1]}, {', '.join(each.name for each in parameters)})"]
            self._made.mapping_names.add("todo")
        else:
            self._made.need(asked.needs | {"todo"} if "todo(" in asked.expression else asked.needs)
        self._function(Function(f"{method.name}_request", parameters_of(parameters), "Record", doc, body), parameters)
        request = f"mapping.{method.name}_request({', '.join(each.name for each in parameters)})"
        sent = self._made.sent(operation, request)
        body = self._answer(method, operation, sent)
        self._made.methods.append(PortMethod(method.name, signature(method), method.returns, body))
        self._made.adapter_words |= method.words

    def _elsewhere(self, method: Method, parameter: Parameter) -> bool:
        """Whether a parameter that is not sent is used when the answer is read."""
        reads = method.semantics == "read" and method.receipt
        return parameter.window or reads or parameter.name in attributes(method.noun or object)

    def _answer(self, method: Method, operation: Operation, sent: str) -> list[str]:
        if method.noun is None:
            return self._done(method, operation, sent)
        answers = operation.answers
        given = [each for each in method.parameters if not each.window]
        made = f"{method.name}_reply"
        doc = f"From {operation.local}: {told(answers)}."
        if method.receipt:
            return self._receipt(method, operation, sent, made, doc)
        wanted = [each for each in given if each.kind is str and each.name in attributes(method.noun)]
        value = self._rows(method, answers, wanted) if method.many else self._one(method, answers, wanted)
        used = [each for each in wanted if each.name in value]
        inner = method.returns.replace("Slice[", "list[") if method.many else method.returns
        lines_ = [*settled(self._made, operation), f"return {value}"]
        self._function(Function(made, parameters_of(used, reading(operation)[0]), inner, doc, lines_), used)
        self._made.model_names.add(method.noun.__name__)
        arguments = ", ".join([reading(operation)[1], *(each.name for each in used)])
        mapped = f"{sent[:-1]}, then=lambda reply: mapping.{made}({arguments}))"
        if not method.returns.startswith("Slice["):
            return [f"return {mapped}"]
        whole = [f"found = {mapped}", "return Slice(found[window.offset :][: window.limit], total=len(found))"]
        return paged(self._made, method, operation, sent, f"mapping.{made}({arguments})") or whole

    def _done(self, method: Method, operation: Operation, sent: str) -> list[str]:
        """A write that gives nothing; its reply may still say that it was refused."""
        lines_ = settled(self._made, operation)
        if not lines_:
            return [sent]
        name = f"{method.name}_reply"
        doc = f"From {operation.local}: {told(operation.answers)}."
        self._function(Function(name, reading(operation)[0], "None", doc, lines_), [])
        return [f"reply = {sent}", f"mapping.{name}({reading(operation)[1]})"]

    def _receipt(self, method: Method, operation: Operation, sent: str, made: str, doc: str) -> list[str]:
        parameter = method.parameters[0]
        self._made.model_names |= {"Receipt", parameter.annotation}
        if method.maybe:
            return self._look_up(method, operation, sent, made, doc)
        assert method.noun is not None
        body: Part = inside(operation.answers)[0]
        path = inside(operation.answers)[1]
        theirs = self._theirs(body)
        native = next(line for line in lines(method.noun, theirs, ("reference",)) if line.name == "native_id")
        ours = f"{parameter.name}.reference"
        known = bool(theirs.parts) and (method.port != "ProvisioningPort" or native.part in self._numbers)
        known = known and (theirs == body or "todo(" not in native.value)
        value = native.value.replace("row[", f"{path}[") if known else ours
        self._made.need(native.needs if known else frozenset())
        self._made.fed[method.name] = {"native_id": native.part} if known else {}
        mark = (
            "  # guessed: no number of its own is told again" if not known else "  # guessed" if native.guessed else ""
        )
        if "todo(" in value and operation.answers.parts:
            value = f"{value[:-1]}, body)"
        arguments = [f"reference={ours},", f"native_id={value},{mark}", "accepted=at,"]
        asks = settled(self._made, operation)
        reads = "body" in value or bool(asks)
        parameters = ([reading(operation)[0]] if reads else []) + [
            f"{parameter.name}: {parameter.annotation}",
            "at: datetime",
        ]
        self._function(
            Function(made, ", ".join(parameters), "Receipt", doc, [*asks, "return Receipt(", *arguments, ")"]),
            [parameter],
        )
        self._made.datetime_names.add("datetime")
        self._made.clock = True
        first = []
        if method.semantics == "once" and LOOK_UPS.get(method.name) in self._serves:
            look = LOOK_UPS[method.name]
            first = [f"done = await self.{look}(call, {parameter.name})", "if done is not None:", "    return done"]
        if not reads:
            return [*first, sent, f"return mapping.{made}({parameter.name}, self._clock.now())"]
        given = reading(operation)[1]
        return [*first, f"reply = {sent}", f"return mapping.{made}({given}, {parameter.name}, self._clock.now())"]

    def _look_up(self, method: Method, operation: Operation, sent: str, made: str, doc: str) -> list[str]:
        """A read that says whether a write was done: the row with our reference, or the one that was asked for."""
        parameter = method.parameters[0]
        listed = work_rows(operation.answers)
        where = "" if listed is None else reached(listed)
        record = inside(operation.answers)[0] if listed is None else listed[-1]
        texts = [each for each in sources(record, 1) if each.part.kind in TEXT]
        same = next((each for each in texts if each.part.name in self._references), None)
        ours = same or max(texts, key=lambda each: alike("reference", each.part.name), default=None)
        carries = ours is not None and (ours is same or alike("reference", ours.part.name) >= FAIR)
        asked = f"{parameter.name}.reference" in self._made.keys[method.name].placed
        if not record.complex or not (carries or asked):
            text = f"{method.name}: which row of {operation.local} carries our reference?"
            body = [f"return {todo(text)[:-1]}, body, {parameter.name})"]
            self._made.mapping_names.add("todo")
            at = ""
        else:
            found = {line.name: line for line in lines(Receipt, self._theirs(record), ("reference",))}
            native, accepted = found["native_id"], found["accepted"]
            late = "todo(" in accepted.value
            at = ", at: datetime" if late else ""
            self._made.datetime_names |= {"datetime"} if late else set()
            self._made.clock |= late
            self._made.need(native.needs | (frozenset() if late else accepted.needs))
            self._made.fed[method.name] = {
                "native_id": native.part,
                "reference": ours.part.name if carries and ours else "",
            }
            if listed is None:
                body = [f"row = {inside(operation.answers)[1]}", "if row is None:", "    return None"]
                body = body[:1] if certain(operation.answers) else body
            else:
                where = f"({where} or [])" if record.nillable else where
                mine = f' if each["{ours.part.name}"] == {parameter.name}.reference' if carries and ours else ""
                chosen = f"[each for each in {where}{mine}]" if mine else where
                body = [f"found = {chosen}", "if not found:", "    return None", "row = found[0]"]
            when = "accepted=at,  # guessed: it does not say when" if late else f"accepted={accepted.value},  # guessed"
            mark = "  # guessed" if native.guessed else ""
            number = native.value
            if any(look == method.name and self._made.fed.get(write) == {} for write, look in LOOK_UPS.items()):
                number, mark = f"{parameter.name}.reference", "  # guessed: what was sent answers with no number"
            body += ["return Receipt(", f"reference={parameter.name}.reference,", f"native_id={number},{mark}"]
            body += [when, ")"]
        body = [*settled(self._made, operation), *body]
        parameters = f"{reading(operation)[0]}, {parameter.name}: {parameter.annotation}{at}"
        self._function(Function(made, parameters, method.returns, doc, body), [parameter])
        clock = ", self._clock.now()" if at else ""
        asks = f"{sent[:-1]}, then=lambda reply: mapping.{made}({reading(operation)[1]}, {parameter.name}{clock}))"
        if listed is not None:
            return [f"return {asks}"]
        self._made.adapter_words.add("NotFound")
        return ["try:", f"    return {asks}", "except NotFound:", "    return None"]

    def _rows(self, method: Method, answers: Part, given: Sequence[object]) -> str:
        listed = rows(answers, method.noun)
        if listed is None:
            record, path = inside(answers)
            return f"[{self._maker(method, record, given, path)}]"
        row = listed[0][-1]
        where = reached(listed[0])
        if not row.complex:
            self._made.mapping_names.add("todo")
            missing = todo(f"{row.name} are plain values: which operation tells the rest?")
            at_hand = "".join(f", {getattr(each, 'name', '')}" for each in given)
            return f"[{missing[:-1]}, row{at_hand}) for row in {where}]"
        where = f"({where} or [])" if row.nillable else where
        return f"[{self._maker(method, row, given, 'row')} for row in {where}]"

    def _one(self, method: Method, answers: Part, given: Sequence[object]) -> str:
        listed = lone_rows(answers)
        if listed is not None:
            where = "body" + "".join(f'["{part.name}"]' for part in listed)
            self._made.mapping_names.add("only")
            return self._maker(method, listed[-1], given, f'only({where}, "{listed[-1].name}")')
        record, path = inside(answers)
        if path != "body" and not certain(answers):
            self._made.mapping_names.add("found")
            path = f"found({path})"
        return self._maker(method, record, given, path)

    def _maker(self, method: Method, record: Part, given: Sequence[object], where: str) -> str:
        """The call that makes a noun of a record; the function is written once for each pair of them."""
        assert method.noun is not None
        names = [str(getattr(each, "name", "")) for each in given]
        maker = self._noun(method.noun, record, names)
        function = next(each for each in self._made.functions if each.name == maker)
        extra = [name for name in names if f"{name}: str" in function.parameters]
        return f"{maker}({', '.join([where, *extra])})"

    def _noun(self, noun: type, record: Part, given: Sequence[str]) -> str:
        key = (noun.__name__, f"{record.kind}:{','.join(given)}")
        if key in self._makers:
            return self._makers[key]
        name = snake(noun.__name__)
        taken = {function.name for function in self._made.functions}
        name = name if name not in taken else f"{name}_from_{snake(record.kind)}"
        while name in taken:
            name += "_too"
        self._makers[key] = name
        made = lines(noun, self._theirs(record) if noun is OrderState else record, given)
        if noun is OrderState and not self._numbers & {line.part for line in made if line.name == "native_id"}:
            made = [Line("native_id", "reference") if line.name == "native_id" else line for line in made]
        made = [self._tabled(noun, line) for line in made]
        self._made.fed[noun.__name__] = {line.name: line.part for line in made if line.part}
        place = len(self._made.functions)
        inner = {line.name: self._noun(line.nested[0], line.nested[1], ()) for line in made if line.nested}
        body = [f"return {noun.__name__}(", *(line.written(inner.get(line.name, "")) for line in made), ")"]
        used = [each for each in given if any(line.value == each for line in made)]
        reads = any("row" in line.value for line in made)
        parameters = ", ".join(["row: Record", *(f"{each}: str" for each in used)])
        if not reads:
            index = next((number for number, line in enumerate(body) if "todo(" in line), None)
            if index is not None:
                body[index] = body[index].replace('"),', '", row),', 1)
        self._made.functions.insert(
            place, Function(name, parameters, noun.__name__, f"From {record.kind}: {told(record)}.", body)
        )
        self._made.model_names.add(noun.__name__)
        for line in made:
            self._made.need(line.needs)
        return name

    def _theirs(self, record: Part) -> Part:
        """A record without the parts in which it only repeats our reference, or tells how it went."""
        code = outcome_code(record) or ()
        kept = (part for part in record.parts if part.name not in self._references and part not in code)
        return replace(record, parts=tuple(kept))

    def _tabled(self, noun: type, line: Line) -> Line:
        """Enter the table that a line looks words up in, under a name that no other has."""
        if line.table is None:
            return line
        name, text = line.table
        if self._made.tables.get(name, text) != text:
            longer = f"{snake(noun.__name__).upper()}_{name}"
            line = replace(line, value=line.value.replace(f"known({name},", f"known({longer},"))
            name, text = longer, text.replace(f"{name}:", f"{longer}:", 1)
        self._made.tables[name] = text
        self._made.model_names |= {"WorkState"} if "WorkState" in text else set()
        return line

    def _function(self, function: Function, parameters: Sequence[object]) -> None:
        self._made.functions.append(function)
        for each in parameters:
            words = str(getattr(each, "annotation", ""))
            for word in words.replace("|", " ").replace("[", " ").replace("]", " ").split():
                if in_model(word):
                    self._made.model_names.add(word)
                if word in ("datetime", "date"):
                    self._made.datetime_names.add(word)
