//! The scanner: a module of `web/src/scanner`, loaded when it is first needed.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{call, get, page};

/// Where a camera shows its picture.
pub type Video = web_sys::HtmlVideoElement;

/// Why there is no picture to read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScannerError {
    /// The person or the system refuses the camera.
    Denied,
    /// There is no camera.
    Missing,
    /// Another program holds the camera.
    Busy,
    /// The picture is larger than 25 MB.
    PictureTooLarge,
    /// The file is no picture that this browser can read.
    PictureUnreadable,
    /// The scanner could not be loaded, or failed.
    Failed,
}

impl ScannerError {
    fn of(error: &JsValue) -> Self {
        match get(error, "name").as_string().as_deref() {
            Some("CameraDenied") => Self::Denied,
            Some("CameraMissing") => Self::Missing,
            Some("CameraBusy") => Self::Busy,
            Some("PictureTooLarge") => Self::PictureTooLarge,
            Some("PictureUnreadable") => Self::PictureUnreadable,
            _ => Self::Failed,
        }
    }
}

/// An open camera. Dropping it gives the camera back.
pub struct Camera {
    camera: JsValue,
    /// Called by the camera as long as it is open.
    _read: Closure<dyn FnMut(String)>,
}

impl Camera {
    /// Whether it has a light.
    pub fn has_torch(&self) -> bool {
        get(&self.camera, "hasTorch").as_bool().unwrap_or(false)
    }

    /// Turns the light on or off.
    pub fn set_torch(&self, on: bool) {
        call(&self.camera, "setTorch", &[on.into()]);
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        call(&self.camera, "stop", &[]);
    }
}

async fn awaited(value: Option<JsValue>) -> Result<JsValue, ScannerError> {
    let promise: js_sys::Promise = value.and_then(|value| value.dyn_into().ok()).ok_or(ScannerError::Failed)?;
    JsFuture::from(promise).await.map_err(|error| ScannerError::of(&error))
}

async fn module() -> Result<JsValue, ScannerError> {
    awaited(call(&page(), "scanner", &[])).await
}

/// Shows the camera in `video` and calls `read` with each text.
pub async fn open(
    video: &web_sys::HtmlVideoElement,
    read: impl FnMut(String) + 'static,
) -> Result<Camera, ScannerError> {
    let module = module().await?;
    let read = Closure::new(read);
    let arguments = [video.into(), JsValue::UNDEFINED, read.as_ref().clone()];
    let camera = awaited(call(&module, "open", &arguments)).await?;
    Ok(Camera { camera, _read: read })
}

/// The text of the code in a picture; nothing when there is none.
pub async fn read_picture(file: &web_sys::File) -> Result<Option<String>, ScannerError> {
    let module = module().await?;
    Ok(awaited(call(&module, "readPicture", &[file.into()])).await?.as_string())
}
