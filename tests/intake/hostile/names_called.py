"""Names that no model needs: called, made, only mentioned, hidden; by every opcode that can."""

import pickle as pickles
from collections.abc import Callable, Iterator

from tests.intake.hostile import opcodes as op
from tests.intake.hostile.case import Case, fixed

_NAMES = """
os.system posix.system nt.system subprocess.Popen subprocess.check_output builtins.eval
builtins.exec builtins.compile builtins.__import__ builtins.open builtins.globals builtins.getattr
builtins.setattr builtins.type builtins.map builtins.vars builtins.breakpoint builtins.help
operator.attrgetter operator.methodcaller operator.itemgetter operator.setitem functools.partial
functools.reduce functools.partialmethod numpy.load numpy.memmap numpy.save numpy.fromfile
numpy.genfromtxt numpy.frompyfunc numpy.vectorize numpy.f2py.crackfortran.myeval
numpy.f2py.compile numpy.testing.runstring numpy.ctypeslib.load_library
numpy.distutils.exec_command.exec_command numpy.lib._npyio_impl.DataSource joblib.load
joblib.memory.Memory joblib._store_backends.FileSystemStoreBackend joblib.numpy_pickle.load
joblib.externals.loky.backend.spawn.prepare
joblib.externals.cloudpickle.cloudpickle._make_function cloudpickle.cloudpickle._builtin_type
dill._dill._create_code pandas.read_pickle pandas.eval pandas.read_csv pandas.HDFStore
pandas.DataFrame.query pandas.core.computation.eval.eval pandas.io.pickle.read_pickle
pandas.io.common.get_handle sklearn.datasets.fetch_openml sklearn.datasets.load_files
sklearn.externals._arff.load sklearn.externals.joblib.load sklearn.utils._testing.set_random_state
sklearn.utils._testing.TempMemmap sklearn.utils.fixes._open_text
sklearn.utils.estimator_checks.check_estimator sklearn.utils._mocking.MockDataFrame
sklearn.utils.metaestimators.available_if scipy.io.loadmat scipy.weave.inline
scipy._lib._ccallback.LowLevelCallable scipy.interpolate._interpolate.interp1d._call_linear
ctypes.CDLL ctypes.cdll.LoadLibrary ctypes.string_at importlib.import_module
importlib._bootstrap._load runpy.run_path runpy._run_code types.CodeType types.FunctionType
types.MethodType types.ModuleType sys.modules sys.setrecursionlimit sys.settrace sys.exit pip.main
pip._internal.main logging.FileHandler logging.config.fileConfig tempfile.mkdtemp
tempfile.NamedTemporaryFile shutil.rmtree shutil.copyfile pathlib.Path.write_text
pathlib.Path.unlink io.open io.FileIO codecs.open _io.FileIO _io.open_code multiprocessing.Process
multiprocessing.util.spawnv_passfds multiprocessing.managers.BaseManager
asyncio.create_subprocess_shell asyncio.unix_events._UnixSubprocessTransport
socket.create_connection socket.socket urllib.request.urlopen http.client.HTTPSConnection
http.server.HTTPServer webbrowser.open code.InteractiveInterpreter code.interact
codeop.compile_command pty.spawn timeit.timeit timeit.main cProfile.run profile.run pdb.run
pdb.set_trace bdb.Bdb doctest.debug_script unittest.mock.patch zipimport.zipimporter
site.addsitedir nturl2path.url2pathname distutils.spawn.spawn setuptools.sandbox.run_setup
venv.create ensurepip.bootstrap os.execv os.environ os.putenv os.open os.remove os._wrap_close
os.path.os.system signal.signal atexit.register threading.Thread _thread.start_new_thread
gc.get_objects inspect.getsource linecache.getlines trace.Trace smtplib.SMTP ftplib.FTP
xmlrpc.client.ServerProxy marshal.loads pickle.loads _pickle.Unpickler shelve.open dbm.open
sqlite3.connect csv.reader mmap.mmap fcntl.ioctl resource.setrlimit weakref.finalize
contextlib.ExitStack torch.load tensorflow.io.gfile.GFile mlflow.pyfunc.load_model skops.io.load
xgboost.core.Booster.load_model
"""
NAMES = _NAMES.split()
MODULES = ("builtins", "posix", "subprocess", "sklearn", "numpy")
PARTIAL = ("os", "system")
Way = Callable[[str, str], bytes]


def _said(module: str, attribute: str) -> bytes:
    return op.name(module, attribute)


def _called(module: str, attribute: str) -> bytes:
    return op.call(_said(module, attribute), op.text("true"))


WAYS: dict[str, Way] = {
    "called": lambda m, a: op.pickle(_called(m, a)),
    "named": lambda m, a: op.pickle(op.model(C=_said(m, a))),
    "called by GLOBAL": lambda m, a: op.pickle(
        op.call(op.old_name(m, a), op.text("true")), protocol=2
    ),
    "made by NEWOBJ": lambda m, a: op.pickle(op.new(_said(m, a), op.text("true"))),
    "made by NEWOBJ_EX": lambda m, a: op.pickle(
        _said(m, a), op.EMPTY_TUPLE, op.mapping(args=op.text("x")), op.NEWOBJ_EX
    ),
    "made by OBJ": lambda m, a: op.pickle(op.MARK, _said(m, a), op.text("true"), b"o"),
    "made by INST": lambda m, a: op.pickle(
        op.MARK, op.text("true"), f"i{m}\n{a}\n".encode(), protocol=2
    ),
    "called and dropped": lambda m, a: op.pickle(_called(m, a), op.POP, op.model()),
    "dropped to a mark": lambda m, a: op.pickle(op.MARK, _called(m, a), b"1", op.model()),
    "given a state": lambda m, a: op.pickle(
        op.with_state(_said(m, a), op.mapping(x=op.NONE)), op.POP, op.model()
    ),
    "in an array of objects": lambda m, a: op.pickle(
        op.model(
            classes_=op.wrapper(
                op.pickle(_called(m, a)), kind=op.objects(), shape=op.sequence(op.integer(1))
            )
        )
    ),
    "as a key": lambda m, a: op.pickle(op.EMPTY_DICT, _called(m, a), op.NONE, op.SETITEM),
    "behind a frame": lambda m, a: op.pickle(op.framed(op.model() + op.POP), _called(m, a)),
    "by the memo": lambda m, a: op.pickle(
        op.text(m),
        op.MEMOIZE,
        op.text(a),
        op.MEMOIZE,
        op.POP,
        op.POP,
        b"h\x00h\x01\x93",
        op.sequence(op.text("true")),
        op.REDUCE,
    ),
    "by reconstruction": lambda m, a: op.pickle(
        op.call(
            op.name("copyreg", "_reconstructor"),
            _said(m, a),
            op.name("builtins", "object"),
            op.NONE,
        )
    ),
    "as a default": lambda m, a: op.pickle(
        op.call(op.name("collections", "defaultdict"), _said(m, a))
    ),
}


class _Runs:
    """What a plain pickle of os.system looks like."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return eval, ("1",)


def cases() -> Iterator[Case]:
    ways = list(WAYS.items())
    for place, full in enumerate(NAMES):
        module, _, attribute = full.rpartition(".")
        said, way = ways[place % len(ways)]
        yield fixed(f"{full} {said}", "forbidden names", way(module, attribute))
    for said, way in ways:
        yield fixed(f"os.system {said}, too", "ways to call", way(*PARTIAL))
    for protocol in range(6):
        data = pickles.dumps({"model": _Runs()}, protocol)
        yield fixed(f"eval in protocol {protocol}", "protocols", data)
    for module in MODULES:
        for attribute in ("os.system", "__builtins__.eval", "base.os.system", "__dict__", ""):
            yield fixed(
                f"{module}:{attribute!r}", "names with dots",
                op.pickle(op.model(C=op.name(module, attribute))),
            )  # fmt: skip
    for module, attribute in (
        ("sklearn.base", "BaseEstimator.__init__.__globals__"),
        ("sklearn.linear_model._logistic", "LogisticRegression.__init__"),
        ("sklearn.linear_model._logistic", "LogisticRegression.__reduce__"),
        ("sklearn.linear_model._logistic", "np.load"),
        ("sklearn.linear_model._logistic", "warnings.sys.modules"),
        ("sklearn.linear_model._logistic\x00", "LogisticRegression"),
        (".sklearn.linear_model._logistic", "LogisticRegression"),
        ("sklearn.linear_model._logistic ", "LogisticRegression"),
        ("ſklearn.linear_model._logistic", "LogisticRegression"),
        ("builtins", "ｅval"),
        ("__main__", "Model"),
        ("__builtin__", "eval"),
        ("exceptions", "eval"),
    ):
        yield fixed(
            f"{module!r}:{attribute}",
            "names with dots",
            op.pickle(op.call(op.name(module, attribute))),
        )
